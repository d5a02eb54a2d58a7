"""The structured communication."""

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from stdnum.be import ogm_vcs

from invoicing import communication


@given(st.uuids())
def test_every_communication_has_right_check_digits(key):
    for digits in communication.candidates(key, 3):
        assert len(digits) == 12
        assert ogm_vcs.is_valid(digits)


def test_a_rest_of_zero_is_written_97():
    digits = next(communication.candidates(UUID(int=97 * 1000)))

    assert digits == "000009700097"


def test_the_next_one_is_offered_where_one_is_taken():
    first, second = communication.candidates(uuid4(), 2)

    assert first != second


def test_it_is_printed_in_its_three_groups():
    assert communication.written("090933755493") == "+++090/9337/55493+++"
