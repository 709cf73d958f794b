"""The optional engine: how a text feels by a sequence classifier of the Hugging Face kind, where ours cannot judge it.

`pip install sunwai[transformers]`. A model with an ONNX file (`model.onnx` or `onnx/model.onnx` beside its `config.json`
and `tokenizer.json`) runs on ONNX Runtime alone, for which `sunwai[onnx]` is enough; any other runs on PyTorch. Neither
is imported before it is asked for.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.sentiment import LABELS
from analysis.tongues import TONGUES
from analysis.words import HANDLE, LINK
from core.assessment import Sentiment
from core.errors import Misconfigured

BATCH = 32
MAX_TOKENS = 512
"""What classifiers of this kind were trained on; a longer text is judged by its beginning."""

_ONNX = ("onnx/model.onnx", "model.onnx")
_NEEDED = ("config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "*model.onnx*")

Logits = Callable[[Sequence[str]], NDArray[np.floating[Any]]]


class Engine:
    """A classifier, loaded. `languages` are those that it judges; empty is every one that ours do not."""

    def __init__(self, name: str, logits: Logits, mapping: NDArray[np.float64], languages: Sequence[str] = ()) -> None:
        self.name = name
        self._logits = logits
        self._mapping = mapping
        self._languages = frozenset(languages)

    def covers(self, language: str) -> bool:
        return language in self._languages if self._languages else language not in TONGUES

    def feel(self, texts: Sequence[str]) -> list[Sentiment]:
        """How each text feels, in order: the likeliest label, and what speaks for positive less what speaks for negative."""
        felt: list[Sentiment | None] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # texts of a length need little padding
        for start in range(0, len(order), BATCH):
            places = order[start : start + BATCH]
            for i, odds in zip(places, self._odds([texts[i] for i in places]), strict=True):
                negative, _, positive = map(float, odds)
                felt[i] = Sentiment(LABELS[int(odds.argmax())], positive - negative, self.name)
        return [one for one in felt if one is not None]

    def _odds(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities of negative, neutral and positive."""
        logits = np.asarray(self._logits([_as_trained(text) for text in texts]), dtype=np.float64)
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        told: NDArray[np.float64] = odds @ self._mapping
        return told


@cache
def engine(model: str, languages: tuple[str, ...] = ()) -> Engine:
    """The classifier of this name ("owner/name" on the Hugging Face Hub, or with "@revision") or in this folder.

    Raises Misconfigured, in a sentence, where a package or the model is missing or the model is no sentiment classifier.
    """
    folder = _folder(model)
    config = _config(model, folder)
    mapping = label_mapping(model, _labels(config))
    onnx = next((folder / name for name in _ONNX if (folder / name).is_file()), None)
    if onnx is not None and (folder / "tokenizer.json").is_file():
        logits = _on_onnx(model, folder, onnx, config)
    else:
        logits = _on_torch(model, folder)
    return Engine(f"transformers:{Path(model).name if Path(model).is_dir() else model}", logits, mapping, languages)


# Labels --------------------------------------------------------------------------------------------------------------

_NAMED = {
    "very negative": (1.0, 0.0, 0.0),
    "negative": (1.0, 0.0, 0.0),
    "neg": (1.0, 0.0, 0.0),
    "neutral": (0.0, 1.0, 0.0),
    "neu": (0.0, 1.0, 0.0),
    "mixed": (0.0, 1.0, 0.0),
    "positive": (0.0, 0.0, 1.0),
    "pos": (0.0, 0.0, 1.0),
    "very positive": (0.0, 0.0, 1.0),
    "1 star": (1.0, 0.0, 0.0),
    "2 stars": (1.0, 0.0, 0.0),
    "3 stars": (0.0, 1.0, 0.0),
    "4 stars": (0.0, 0.0, 1.0),
    "5 stars": (0.0, 0.0, 1.0),
}
_UNNAMED: Mapping[int, tuple[str, ...]] = {
    2: ("negative", "positive"),
    3: ("negative", "neutral", "positive"),
    5: ("1 star", "2 stars", "3 stars", "4 stars", "5 stars"),
}
"""What LABEL_0, LABEL_1 ... mean by their number: from the worst to the best, as such models are trained."""


def label_mapping(model: str, labels: Sequence[str]) -> NDArray[np.float64]:
    """A row for each of a model's labels: its share of negative, neutral and positive.

    Raises Misconfigured where the labels do not speak of sentiment.
    """
    plain = [label.strip().lower().replace("_", " ") for label in labels]
    if plain == [f"label {i}" for i in range(len(plain))] and len(plain) in _UNNAMED:
        plain = list(_UNNAMED[len(plain)])
    elif sorted(plain) == ["1", "2", "3", "4", "5"]:
        plain = [f"{label} star{'s' if label != '1' else ''}" for label in plain]
    rows = [_NAMED.get(label) for label in plain]
    found = np.array([row or (0.0, 0.0, 0.0) for row in rows]).reshape(-1, 3)
    if None in rows or not found[:, 0].any() or not found[:, 2].any():
        raise Misconfigured(
            f"The model '{model}' of judgement.model tells {', '.join(labels)[:120] or 'no labels'}: "
            "it must tell negative and positive, or 1 to 5 stars."
        )
    return found


def _labels(config: Mapping[str, Any]) -> list[str]:
    named = config.get("id2label")
    if isinstance(named, dict) and named:
        return [str(named[key]) for key in sorted(named, key=int)]
    return [f"LABEL_{i}" for i in range(int(config.get("num_labels", 2)))]


# Loading -------------------------------------------------------------------------------------------------------------


def _package(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        missing = error.name or name
        raise Misconfigured(
            f"judgement.engine is 'transformers', but the package '{missing}' is not installed: "
            "pip install 'sunwai[transformers]'."
        ) from None


def _folder(model: str) -> Path:
    """Where the model's files are: a folder as given, else the Hub's, from its cache where they have been fetched before."""
    path = Path(model)
    if path.is_dir():
        return path
    hub: ModuleType = _package("huggingface_hub")
    name, _, revision = model.partition("@")
    wanted = {"repo_id": name, "revision": revision or None, "allow_patterns": list(_NEEDED)}
    trouble: Exception | None = None
    for cached in (True, False):
        try:
            folder = Path(hub.snapshot_download(**wanted, local_files_only=cached))
        except Exception as error:  # the Hub's errors have no root of their own
            trouble = error
            continue
        if (folder / "config.json").is_file():
            return folder
    why = (
        f"{type(trouble).__name__}: {str(trouble).strip().splitlines()[0][:160]}"
        if trouble
        else "it has no config.json"
    )
    raise Misconfigured(
        f"The model '{model}' of judgement.model is no folder here and could not be fetched from the Hugging Face Hub "
        f"({why}); correct its name, or name a folder that holds it."
    )


def _config(model: str, folder: Path) -> dict[str, Any]:
    return _json(model, folder / "config.json")


def _json(model: str, path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(f"The model '{model}' of judgement.model cannot be read: {path.name}: {error}.") from None
    if not isinstance(found, dict):
        raise Misconfigured(f"The model '{model}' of judgement.model cannot be read: {path.name} is no JSON object.")
    return found


def _on_onnx(model: str, folder: Path, onnx: Path, config: Mapping[str, Any]) -> Logits:
    runtime, tokenizers = _package("onnxruntime"), _package("tokenizers")
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        session = runtime.InferenceSession(str(onnx), providers=runtime.get_available_providers())
    except Exception as error:  # both libraries raise classes of their own that derive from Exception alone
        raise Misconfigured(f"The model '{model}' of judgement.model cannot be read: {_first_line(error)}") from None
    about = folder / "tokenizer_config.json"
    told = _json(model, about) if about.is_file() else {}
    longest = told.get("model_max_length")
    most = min(MAX_TOKENS, int(longest)) if isinstance(longest, int | float) else MAX_TOKENS
    tokenizer.enable_truncation(max_length=most)
    pad = told.get("pad_token") or "[PAD]"
    pad = pad.get("content", "[PAD]") if isinstance(pad, dict) else pad
    number = tokenizer.token_to_id(pad)
    tokenizer.enable_padding(pad_id=config.get("pad_token_id") or 0 if number is None else number, pad_token=pad)
    asked = {one.name for one in session.get_inputs()}
    answers = [one.name for one in session.get_outputs()]
    answer = "logits" if "logits" in answers else answers[0]

    def logits(texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        encoded = tokenizer.encode_batch(list(texts))
        fed = {
            "input_ids": [one.ids for one in encoded],
            "attention_mask": [one.attention_mask for one in encoded],
            "token_type_ids": [one.type_ids for one in encoded],
        }
        [told] = session.run(
            [answer], {name: np.array(ids, dtype=np.int64) for name, ids in fed.items() if name in asked}
        )
        found: NDArray[np.floating[Any]] = told
        return found

    return logits


def _on_torch(model: str, folder: Path) -> Logits:
    transformers, torch = _package("transformers"), _package("torch")
    name, _, revision = model.partition("@")
    where: dict[str, Any] = {"pretrained_model_name_or_path": name}
    if not Path(model).is_dir() and revision:
        where["revision"] = revision
    if Path(model).is_dir():
        where["pretrained_model_name_or_path"] = str(folder)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(**where)
        classifier = transformers.AutoModelForSequenceClassification.from_pretrained(**where)
    except (OSError, ValueError, ImportError) as error:
        raise Misconfigured(f"The model '{model}' of judgement.model cannot be read: {_first_line(error)}") from None
    classifier.eval()
    most = min(MAX_TOKENS, int(tokenizer.model_max_length))

    def logits(texts: Sequence[str]) -> NDArray[np.floating[Any]]:
        encoded = tokenizer(list(texts), padding=True, truncation=True, max_length=most, return_tensors="pt")
        with torch.inference_mode():
            found: NDArray[np.floating[Any]] = classifier(**encoded).logits.float().numpy()
        return found

    return logits


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:200]


def _as_trained(text: str) -> str:
    """With handles and links as models of posts are taught them, and nothing that is no text."""
    if "@" in text:
        text = HANDLE.sub("@user", text)
    if "://" in text or "www." in text:
        text = LINK.sub("http", text)
    return text.encode("utf-8", "replace").decode("utf-8")
