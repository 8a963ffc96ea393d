"""What a cause of problems is called, wherever people read of it."""

from allocations.domain.marks import gettext_noop as _

# Codes whose words are not simply the code with spaces.
_LABELS = {
    "amount_above_limit": _("Points above the limit per person"),
    "amount_ambiguous": _("Points written ambiguously"),
    "amount_far_above_history": _("Points far above what the person was given before"),
    "amount_far_above_list": _("Points far above the rest of the list"),
    "amount_foreign_digits": _("Points in non-English digits"),
    "amount_fraction": _("Points not a whole number"),
    "amount_missing": _("Points missing"),
    "amount_negative": _("Points negative"),
    "amount_not_a_number": _("Points not a number"),
    "amount_not_allowed": _("Points that the policy does not allow"),
    "amount_odd_grouping": _("Points grouped in an unusual way"),
    "amount_other_currency": _("Points in another currency"),
    "amount_plus_sign": _("Points with a plus sign"),
    "amount_read_as": _("Points written as money or text"),
    "amount_scientific": _("Points in scientific notation"),
    "amount_zero": _("Points are zero"),
    "email_invalid": _("Not one e-mail address"),
    "hidden_row": _("Hidden in the workbook"),
    "markup": _("HTML in a cell"),
    "mobile_damaged_by_excel": _("Mobile damaged by Excel"),
    "mobile_foreign_country": _("Mobile of another country"),
    "mobile_foreign_digits": _("Mobile in non-English digits"),
    "mobile_invalid": _("Not a mobile number"),
    "mobile_letters": _("Letters in a mobile"),
    "mobile_made_up": _("Mobile looks made up"),
    "mobile_rounded": _("Mobiles look rounded by Excel"),
    "mobile_several": _("Several mobiles in one cell"),
    "mobile_wrong_length": _("Mobile too long or too short"),
    "mobile_wrong_start": _("Mobile starts with a wrong digit"),
    "name_like_formula": _("Name looks like a formula"),
    "person_above_month": _("Points of a person above the month's limit"),
    "person_of_the_portal": _("Somebody who uploads or approves"),
    "reference_damaged_by_excel": _("Reference damaged by Excel"),
    "replaces_row": _("Replaces a row that EnKash gave nothing for"),
    "same_email_other_mobile": _("One e-mail, several mobiles"),
    "same_mobile_other_email": _("One mobile, several e-mails"),
    "same_mobile_other_name": _("One mobile, several names"),
    "same_person_and_amount": _("Same person twice, same points"),
    "same_person_other_amount": _("Same person twice, other points"),
    "total_row": _("Looks like a total row"),
}
# The others, for the catalogue.
_PLAIN = (
    _("Cell too long"),
    _("Control characters"),
    _("Direction marks"),
    _("Invisible characters"),
    _("Line break"),
    _("Mobile missing"),
    _("Name missing"),
    _("Name too long"),
    _("Name without letters"),
    _("Reference invalid"),
    _("Reference used before"),
    _("Remarks too long"),
    _("Row too long"),
    _("Row too short"),
    _("Title unknown"),
)


def cause_label(code: str) -> str:
    return _LABELS.get(code, code.replace("_", " ").capitalize())
