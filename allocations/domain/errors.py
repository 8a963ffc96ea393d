"""What can be refused. Every error carries the sentence that the user reads.

DomainError
+-- StateConflict   not possible as things stand now, or no longer (409)
+-- NotAllowed      this person may not do this (403)
|   +-- StepUpNeeded    not before they have shown again who they are
+-- InvalidInput    what was entered or uploaded cannot be used (422)
"""


class DomainError(Exception):
    """A refusal in words: what was found, the rule, what to do."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class StateConflict(DomainError):
    """The thing is no longer in the state that the request assumed."""


class NotAllowed(DomainError):
    """The actor may not do this, whatever the state."""


class StepUpNeeded(NotAllowed):
    """The actor may do this once they have shown again who they are."""


class InvalidInput(DomainError):
    """The input breaks a rule that its sentence names."""
