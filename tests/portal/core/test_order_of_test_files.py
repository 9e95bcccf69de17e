"""The order in which workers get the files of tests."""

from tests.ordering import LONG, file_of, longest_first


def test_long_files_come_first_and_the_others_keep_their_order() -> None:
    durations = {"b.py": LONG, "d.py": LONG * 3, "a.py": LONG - 0.1}
    assert longest_first(["a.py", "b.py", "c.py", "d.py", "c.py"], durations) == ["d.py", "b.py", "a.py", "c.py"]


def test_a_file_is_the_same_for_each_of_its_tests() -> None:
    assert file_of("tests/x/test_a.py::test_one[a::b]") == file_of("tests/x/test_a.py::TestB::test_c")
