"""What the night's custody records say of results and derivatives, as short strings. Pure."""

from pipeline.analysis import LIKENESS_DIGEST
from pipeline.catalogue import AnalysisKey
from pipeline.domain.events import ClipAnalysis
from pipeline.domain.evidence import Recipe
from pipeline.domain.plain import to_plain


def analysis_facts(analysis: ClipAnalysis) -> dict[str, str]:
    """What looked, with what, and how much it found."""
    return {
        "model": analysis.model.digest,
        "package_likeness": LIKENESS_DIGEST,
        "settings": analysis.settings_digest,
        "decoder": analysis.sampling.decoder,
        "events": str(len(analysis.events)),
        "decode_errors": str(analysis.sampling.decode_errors),
    }


def recipe_facts(recipe: Recipe) -> dict[str, str]:
    """The whole recipe, so that the log alone says how the derivative was made (P11)."""
    return {f"recipe_{name}": str(value) for name, value in to_plain(recipe).items()}


def key_words(key: AnalysisKey) -> str:
    """The key of an analysis in one word, for entries that are written once."""
    return f"{key.acquisition_id}-{key.model_digest[:16]}-{key.settings_digest[:16]}"
