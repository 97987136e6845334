"""Which searches are refused because they describe people, and which are not although they sound alike."""

import pytest

from pipeline.asking.protected import require_no_protected_trait, traits_in
from pipeline.errors import ProtectedTraitError

REFUSED = {
    "black man": "race or ethnicity",
    "a black person at the door": "race or ethnicity",
    "white guy in red jacket": "race or ethnicity",
    "black people": "race or ethnicity",
    "two blacks": "race or ethnicity",
    "person black": "race or ethnicity",
    "black and white people": "race or ethnicity",
    "brown person": "race or ethnicity",
    "asian woman": "race or ethnicity",
    "arab looking": "race or ethnicity",
    "dark-skinned person": "skin",
    "dark skin": "skin",
    "hispanic": "race or ethnicity",
    "man with red jacket": "sex or gender",
    "women at the door": "sex or gender",
    "elderly person": "age",
    "old lady": "age",
    "a person old and lame": "age",
    "wheelchair": "disability",
    "muslim": "religion or belief",
    "person wearing hijab": "religion or belief",
    "turban": "religion or belief",
    "mexican": "nationality or origin",
    "russian driver": "nationality or origin",
    "polish worker": "nationality or origin",
    "gay couple": "sexual orientation",
    "pregnant": "pregnancy",
    "blind person": "disability",
    "deaf visitor": "disability",
    "young person": "age",
    "16 year old person": "age",
    "kids on bikes": "age",
    "teenagers loitering": "age",
    "BLACK MAN": "race or ethnicity",
    "bl\u200back man": "race or ethnicity",
    "bl\xe0ck m\xe1n": "race or ethnicity",
    "black-man": "race or ethnicity",
    '"black man"': "race or ethnicity",
    "white males": "race or ethnicity",
    "yellow people": "race or ethnicity",
    "foreign looking person": "nationality or origin",
    "immigrant": "nationality or origin",
    "jew": "religion or belief",
    "trans person": "sex or gender",
    "person of colour": "race or ethnicity",
    "black courier": "race or ethnicity",
    "white suspects": "race or ethnicity",
    "black thief": "race or ethnicity",
    "light skinned": "skin",
    "person with dark complexion": "race or ethnicity",
    "swarthy person": "skin",
    "a nun": "religion or belief",
    "limping person": "disability",
    "a family of gypsies": "race or ethnicity",
    "middle-aged": "age",
    "dark person": "race or ethnicity",
    "people who are black": "race or ethnicity",
    "white american": "nationality or origin",
    "chinese people": "nationality or origin",
    "person, black, at door": "race or ethnicity",
}

SEARCHED = [
    "white van last night",
    "black jacket",
    "person black jacket",
    "person in black",
    "person wearing black",
    "black car",
    "person in a white shirt",
    "brown box",
    "red truck",
    "blind spot camera",
    "camera blinded",
    "window blinds",
    "german shepherd dog",
    "chinese takeaway",
    "polish the door",
    "race car",
    "yellow bus",
    "person with white dog",
    "dark vehicle",
    "person with black backpack",
    "black suv parked",
    "kids bike",
    "child seat",
    "dog at night",
    "too dark",
    "light on the porch",
    "straight road",
    "person white hoodie",
    "white and black van",
    "people near black van",
    "old package",
    "baby seat",
    "package for French Street",
    "cannot tell because too dark",
    "person dark jacket",
    "no person",
    "pale blue shirt",
    "natural light",
    "native plants",
    "person black and white shirt",
    "driver white van",
    "person red car",
    "group of people red jacket",
    "orange top",
    "worker hi vis",
]


@pytest.mark.parametrize("text", REFUSED)
def test_people_are_not_searched_for_by_a_trait(text: str) -> None:
    assert REFUSED[text] in traits_in(text)


@pytest.mark.parametrize("text", SEARCHED)
def test_clothing_vehicles_and_things_are_searched_for(text: str) -> None:
    assert traits_in(text) == ()


def test_the_refusal_names_the_trait_and_not_the_words() -> None:
    with pytest.raises(ProtectedTraitError) as caught:
        require_no_protected_trait(["muslim person at Front Door"])
    assert caught.value.traits == ("religion or belief",)
    assert "muslim" not in f"{caught.value} {caught.value.remedy} {vars(caught.value)}".lower()


def test_a_name_of_a_place_is_no_description() -> None:
    require_no_protected_trait(["person at White Person Lane"], ["White Person Lane"])
    with pytest.raises(ProtectedTraitError):
        require_no_protected_trait(["white person at White Person Lane"], ["White Person Lane"])


def test_one_word_of_a_name_excuses_nothing() -> None:
    with pytest.raises(ProtectedTraitError):
        require_no_protected_trait(["muslim"], ["Muslim"])


def test_every_entry_of_the_list_is_refused_by_itself_or_beside_a_person() -> None:
    from pipeline.asking.protected import _list

    assert all(traits_in(" ".join(entry)) for entry in _list().always)
    assert all(traits_in(f"{' '.join(entry)} person") for entry in _list().of_people)
