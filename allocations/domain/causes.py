"""What a cause of problems is called, wherever people read of it."""

# Codes whose words are not simply the code with spaces.
_LABELS = {
    "amount_above_limit": "Points above the limit per person",
    "amount_ambiguous": "Points written ambiguously",
    "amount_far_above_history": "Points far above what the person was given before",
    "amount_far_above_list": "Points far above the rest of the list",
    "amount_foreign_digits": "Points in non-English digits",
    "amount_fraction": "Points not a whole number",
    "amount_missing": "Points missing",
    "amount_negative": "Points negative",
    "amount_not_a_number": "Points not a number",
    "amount_not_allowed": "Points that the policy does not allow",
    "amount_odd_grouping": "Points grouped in an unusual way",
    "amount_other_currency": "Points in another currency",
    "amount_plus_sign": "Points with a plus sign",
    "amount_read_as": "Points written as money or text",
    "amount_scientific": "Points in scientific notation",
    "amount_zero": "Points are zero",
    "email_invalid": "Not one e-mail address",
    "hidden_row": "Hidden in the workbook",
    "markup": "HTML in a cell",
    "mobile_damaged_by_excel": "Mobile damaged by Excel",
    "mobile_foreign_country": "Mobile of another country",
    "mobile_foreign_digits": "Mobile in non-English digits",
    "mobile_invalid": "Not a mobile number",
    "mobile_letters": "Letters in a mobile",
    "mobile_made_up": "Mobile looks made up",
    "mobile_rounded": "Mobiles look rounded by Excel",
    "mobile_several": "Several mobiles in one cell",
    "mobile_wrong_length": "Mobile too long or too short",
    "mobile_wrong_start": "Mobile starts with a wrong digit",
    "name_like_formula": "Name looks like a formula",
    "person_above_month": "Points of a person above the month's limit",
    "person_of_the_portal": "Somebody who uploads or approves",
    "reference_damaged_by_excel": "Reference damaged by Excel",
    "replaces_row": "Replaces a row that EnKash gave nothing for",
    "same_email_other_mobile": "One e-mail, several mobiles",
    "same_mobile_other_email": "One mobile, several e-mails",
    "same_mobile_other_name": "One mobile, several names",
    "same_person_and_amount": "Same person twice, same points",
    "same_person_other_amount": "Same person twice, other points",
    "total_row": "Looks like a total row",
}


def cause_label(code: str) -> str:
    return _LABELS.get(code, code.replace("_", " ").capitalize())
