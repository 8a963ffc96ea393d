"""What each role gets at each address that stands in it: `GET maker other approver auditor owner`, then the addresses.

"other" is an admin who had no hand in what "maker" made. An address with a batch is followed by the state of that where
it is not the same in all of them. 409 and 422 are refusals of the form that the attack sent, not of the person: they come
after the role where somebody else gets a 403. Addresses that name nothing are here too, so that none is forgotten.
"""

ROLES = ("maker", "other", "approver", "auditor", "owner")
OPENS = {
    "GET 200 200 200 200 200": """
        home list-template api-tokens api-reference api-document accounts contract batches batch
        batch-rows:submitted batch-rows:approved row batch-approval:submitted batch-trail recipient reports search
        ready-views approvals exceptions decision reversals reversal runs run notices policies freeze gift-limit
    """,
    "GET 200 200 200 200 403": """
        exports
    """,
    "GET 200 200 200 403 403": """
        run-cancel
    """,
    "GET 200 200 403 200 403": """
        api-token-make
    """,
    "GET 200 200 403 403 403": """
        batch-new batch-replace:review batch-mapping:review row-reverse:approved cell:review batch-rerun
        replacement-new
    """,
    "GET 200 403 403 403 403": """
        batch-corrections:review
    """,
    "GET 200 404 404 404 403": """
        export export-file
    """,
    "GET 302 302 302 302 302": """
        batch-import batch-rows:review batch-approval:review batch-approval:approved batch-changes
    """,
    "GET 403 403 200 200 200": """
        people person
    """,
    "GET 403 403 403 200 200": """
        audit
    """,
    "GET 403 403 403 403 200": """
        webhooks webhook-add webhook person-invite policy-new
    """,
    "GET 404 404 403 403 403": """
        batch-leave-out-cause:review batch-repair:review
    """,
    "GET 409 409 403 403 403": """
        batch-replace:submitted batch-replace:approved batch-mapping:submitted batch-mapping:approved
        batch-leave-out-cause:submitted batch-leave-out-cause:approved batch-repair:submitted
        batch-repair:approved row-reverse:review row-reverse:submitted cell:submitted cell:approved
        batch-corrections:submitted batch-corrections:approved
    """,
    "GET 422 422 422 403 403": """
        decision-new
    """,
    "POST 200 200 200 200 200": """
        contract-export
    """,
    "POST 200 200 200 200 403": """
        batch-sheet:submitted batch-sheet:approved batch-export batch-bundle report-export search-export decision-evidence
    """,
    "POST 200 200 403 403 403": """
        cell:review
    """,
    "POST 200 403 403 403 403": """
        batch-people corrections-download:review
    """,
    "POST 302 302 302 302 302": """
        account-balance view-save view-delete notices notices-mail
    """,
    "POST 302 302 302 403 403": """
        exceptions-act:review exceptions-act:approved run-resume run-cancel
    """,
    "POST 302 302 403 403 403": """
        batch-leave-out:review batch-take-back:review batch-limits:review
    """,
    "POST 302 403 403 403 302": """
        api-token-revoke
    """,
    "POST 302 403 403 403 403": """
        batch-withdraw:submitted corrections-give-up:review question-answer:submitted decision-withdraw
        reversal-withdraw
    """,
    "POST 403 403 302 403 302": """
        role-refuse policy-refuse freeze freeze-refuse
    """,
    "POST 403 403 302 403 403": """
        decision-confirm decision-refuse role-confirm policy-confirm
    """,
    "POST 403 403 302 403 409": """
        freeze-propose
    """,
    "POST 403 403 403 403 200": """
        webhook-rotate
    """,
    "POST 403 403 403 403 302": """
        webhook-try webhook-pause webhook-resume webhook-remove webhook-send-again account-lanes contract-mark
        person-role-give person-role-take person-deactivate person-reactivate freeze-confirm group-make
        person-group-take
    """,
    "POST 403 403 403 403 409": """
        row-redeem person-link person-group-give account-remove
    """,
    "POST 403 403 403 403 422": """
        webhook-add accounts person-invite policy-new
    """,
    "POST 403 403 403 422 403": """
        row-reveal
    """,
    "POST 403 403 403 422 422": """
        audit
    """,
    "POST 403 403 409 403 403": """
        sample-open batch-approve:review batch-approve:approved batch-send-back:review batch-send-back:approved
        question-ask:review question-ask:approved question-take-back:submitted
    """,
    "POST 403 403 422 403 403": """
        batch-approve:submitted batch-send-back:submitted question-ask:submitted reversal-approve reversal-reject
    """,
    "POST 404 404 403 403 403": """
        batch-repair:review
    """,
    "POST 404 404 404 404 404": """
        question-answer:review question-answer:approved question-take-back:review question-take-back:approved
    """,
    "POST 409 403 403 403 403": """
        corrections-apply:review
    """,
    "POST 409 409 403 403 403": """
        batch-replace:submitted batch-replace:approved batch-mapping:submitted batch-mapping:approved
        batch-reading:submitted batch-reading:approved batch-reading-confirm batch-leave-out:submitted
        batch-leave-out:approved batch-leave-out-cause:submitted batch-leave-out-cause:approved
        batch-repair:submitted batch-repair:approved repair-undo batch-take-back:submitted
        batch-take-back:approved batch-accept batch-accept-back batch-submit:submitted batch-submit:approved
        batch-withdraw:review batch-withdraw:approved row-reverse:review row-reverse:submitted cell:submitted
        cell:approved cell-put-back batch-corrections:submitted batch-corrections:approved
        corrections-download:submitted corrections-download:approved corrections-apply:submitted
        corrections-apply:approved corrections-give-up:submitted corrections-give-up:approved batch-rerun
        replacement-give-up batch-limits:submitted batch-limits:approved
    """,
    "POST 409 409 409 409 403": """
        batch-sheet:review
    """,
    "POST 409 409 409 403 403": """
        reversal-resume run-pause run-stop
    """,
    "POST 422 403 403 403 403": """
        batch-corrections:review
    """,
    "POST 422 422 403 403 403": """
        batch-new batch-replace:review batch-mapping:review batch-reading:review batch-leave-out-cause:review
        batch-submit:review row-reverse:approved replacement-new
    """,
    "POST 422 422 403 403 422": """
        enkash-login
    """,
    "POST 422 422 403 422 403": """
        api-token-make
    """,
    "POST 422 422 422 403 403": """
        exceptions-act:submitted decision-new
    """,
}
