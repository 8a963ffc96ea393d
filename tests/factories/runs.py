from factory import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from allocations.models import Attempt, AttemptRow, Chunk, Run, Vote
from tests.factories.lists import NOW, BatchFactory, RowFactory
from tests.factories.people import UserFactory


class RunFactory(DjangoModelFactory):
    class Meta:
        model = Run

    batch = SubFactory(BatchFactory)
    generation = Sequence(lambda n: n + 1)
    started_by = LazyAttribute(lambda run: run.batch.approved_by or UserFactory(roles=("approver",)))
    created_at = NOW


class ChunkFactory(DjangoModelFactory):
    class Meta:
        model = Chunk

    run = SubFactory(RunFactory)
    number = Sequence(lambda n: n + 1)
    row_count = 0
    points = 0


class AttemptFactory(DjangoModelFactory):
    class Meta:
        model = Attempt

    chunk = SubFactory(ChunkFactory)
    number = Sequence(lambda n: n + 1)
    epoch = 1
    state = "applied"
    worker = "worker-1"
    code_version = "test"
    payload_sha256 = "cd" * 32
    row_count = LazyAttribute(lambda attempt: attempt.chunk.row_count)
    points = LazyAttribute(lambda attempt: attempt.chunk.points)
    sent_at = NOW
    answered_at = NOW
    seconds = 1.8
    http_status = 200
    body = b"encrypted"


class AttemptRowFactory(DjangoModelFactory):
    class Meta:
        model = AttemptRow

    attempt = SubFactory(AttemptFactory)
    row = SubFactory(RowFactory)
    position = Sequence(lambda n: n)
    outcome = "credited"
    evidence = "answer"


class VoteFactory(DjangoModelFactory):
    class Meta:
        model = Vote

    batch = SubFactory(BatchFactory)
    version = LazyAttribute(lambda vote: vote.batch.version)
    digest = LazyAttribute(lambda vote: vote.batch.digest)
    decision = "approve"
    voted_by = SubFactory(UserFactory, roles=("approver",))
    voted_at = NOW
