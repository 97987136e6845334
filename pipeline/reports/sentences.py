"""How words begin and end that stand on a page as a sentence."""


def capital(words: str) -> str:
    """The words with their first letter as a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def sentence_words(error: Exception) -> str:
    """What an error says, as a sentence."""
    words = capital(str(error))
    return words if words.endswith((".", "?", "!")) else f"{words}."
