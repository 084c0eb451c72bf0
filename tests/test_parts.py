"""What several threads ask for first is the same for all of them."""

import threading

from pptui.parts import part


class Whole:
    def __init__(self) -> None:
        self.others: list[object] = []

    @part
    def made(self) -> object:
        if not self.others:
            # Another thread is through while this one is at it.
            self.others.append(None)
            other = threading.Thread(target=lambda: self.others.append(self.made), daemon=True)
            other.start()
            other.join(30)
        return object()


def test_what_two_threads_ask_for_at_once_is_the_same_for_both() -> None:
    whole = Whole()
    made = whole.made
    assert whole.others[-1] is made is whole.made
    assert Whole().made is not made
