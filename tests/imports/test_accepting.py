"""What was said about one list does not count for the next one."""

import pytest
from django.core.files.base import ContentFile

from allocations.domain.errors import InvalidInput
from allocations.imports.run import run_import
from allocations.models import Acceptance
from allocations.selectors.accepting import warnings_of
from allocations.services.accepting import accept_warnings
from allocations.services.batches import replace_list
from allocations.services.submission import submit_batch
from tests.factories.accepting import accept_all
from tests.factories.people import known
from tests.imports.test_run import imported

pytestmark = pytest.mark.django_db
LIST = 'Name,Mobile,Points\nAsha Rao,9812345671,"1,000"\nRavi Nair,9812345672,250\n'


def test_a_list_that_is_read_anew_has_to_be_accepted_anew() -> None:
    batch = imported(LIST).batch
    maker = known(batch.uploaded_by)
    accept_all(maker, batch.pk, reason="Payroll writes it so")
    again = replace_list(
        maker, batch_id=batch.pk, file_name="a.csv", content=ContentFile(LIST.encode(), name="a.csv"), kind="file"
    )
    run_import(again.pk)
    with pytest.raises(InvalidInput, match="“Points written as money or text” in 1 row"):
        submit_batch(maker, batch_id=batch.pk)
    (found,), before = warnings_of(batch.pk), Acceptance.objects.get()
    accept_warnings(maker, batch_id=batch.pk, shown=found, reason=before.reason, instead_of=before.pk)
    assert submit_batch(maker, batch_id=batch.pk).state == "submitted"
