"""Routes of the portal's pages."""

from django.urls import URLPattern, path

from allocations.views import (
    accounts,
    approvals,
    batches,
    exports,
    home,
    importing,
    list_template,
    lists,
    logins,
    mapping,
    review,
    rows,
    run_control,
    runs,
    submission,
    trails,
    votes,
)
from allocations.views.outcome import batch_rows

app_name = "allocations"
urlpatterns: list[URLPattern] = [
    path("", home.show_home, name="home"),
    path("template.xlsx", list_template.download_template, name="list-template"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/login/", logins.try_login, name="enkash-login"),
    path("accounts/<int:account_id>/lanes/", accounts.set_lanes, name="account-lanes"),
    path("accounts/<int:account_id>/balance/", accounts.refresh_balance, name="account-balance"),
    path("batches/", batches.list_batches, name="batches"),
    path("batches/new/", lists.new_batch, name="batch-new"),
    path("batches/<int:batch_id>/", batches.show_batch, name="batch"),
    path("batches/<int:batch_id>/import/", importing.poll_import, name="batch-import"),
    path("batches/<int:batch_id>/list/", lists.replace_list, name="batch-replace"),
    path("batches/<int:batch_id>/mapping/", mapping.map_columns, name="batch-mapping"),
    path("batches/<int:batch_id>/leave-out/", review.leave_out, name="batch-leave-out"),
    path("batches/<int:batch_id>/take-back/", review.take_back, name="batch-take-back"),
    path("batches/<int:batch_id>/submit/", submission.submit, name="batch-submit"),
    path("batches/<int:batch_id>/withdraw/", submission.withdraw, name="batch-withdraw"),
    path("batches/<int:batch_id>/rows/", batch_rows, name="batch-rows"),
    path("batches/<int:batch_id>/rows/<int:number>/", rows.row, name="row"),
    path("batches/<int:batch_id>/approval/", approvals.batch_approval, name="batch-approval"),
    path("batches/<int:batch_id>/approve/", votes.approve, name="batch-approve"),
    path("batches/<int:batch_id>/send-back/", votes.send_back, name="batch-send-back"),
    path("batches/<int:batch_id>/re-run/", run_control.rerun, name="batch-rerun"),
    path("batches/<int:batch_id>/export/", exports.export_batch, name="batch-export"),
    path("batches/<int:batch_id>/trail/", trails.batch_trail, name="batch-trail"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<int:run_id>/", runs.run, name="run"),
    path("runs/<int:run_id>/pause/", run_control.pause, name="run-pause"),
    path("runs/<int:run_id>/resume/", run_control.resume, name="run-resume"),
]
