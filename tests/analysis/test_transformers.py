"""The optional engine, on tiny models that the tests make: real runtime, real tokenizer, weights of our own."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from analysis import transformers_engine
from analysis.transformers_engine import BATCH, Engine, engine, label_mapping
from core.errors import Misconfigured

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "gut", "schlecht", "paket", "@user", "http"]
GOOD, BAD = WORDS.index("gut"), WORDS.index("schlecht")


def make(folder: Path, labels: list[str] | None = None, place: str = "model.onnx", types: bool = False) -> Path:
    """A classifier of three labels: "gut" adds to the last, "schlecht" to the first, and a bias to the one between. Like a
    real one it sums over the tokens that the attention mask leaves."""
    folder.mkdir(exist_ok=True)
    labels = labels or ["negative", "neutral", "positive"]
    table = np.zeros((len(WORDS), len(labels)), dtype=np.float32)
    table[BAD, 0], table[GOOD, -1] = 4.0, 4.0
    table[0] = 100.0  # padding that is not masked would show
    bias = np.zeros(len(labels), dtype=np.float32)
    bias[len(labels) // 2] = 1.0
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["looked"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "last"], ["wide"]),
        helper.make_node("Mul", ["looked", "wide"], ["heard"]),
        helper.make_node("ReduceSum", ["heard", "tokens"], ["summed"], keepdims=0),
        helper.make_node("Add", ["summed", "bias"], ["logits"]),
    ]
    inputs = ["input_ids", "attention_mask"] + (["token_type_ids"] if types else [])
    if types:
        nodes.append(helper.make_node("Identity", ["token_type_ids"], ["kinds"]))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", len(labels)])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(bias, "bias"),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "tokens"),
        ],
    )
    (folder / place).parent.mkdir(exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), folder / place)
    tokenizer = Tokenizer(models.WordLevel({word: i for i, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({"model_max_length": 16, "pad_token": "[PAD]"}))
    (folder / "config.json").write_text(json.dumps({"id2label": dict(enumerate(labels)), "pad_token_id": 0}))
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Engine:
    return engine(str(make(tmp_path / "tiny")))


@pytest.fixture(autouse=True)
def forget_models() -> Iterator[None]:
    yield
    engine.cache_clear()


def test_each_text_gets_its_feeling_in_its_place(tiny: Engine) -> None:
    good, bad, plain, long = tiny.feel(["gut gut", "schlecht", "paket", "paket " * 12 + "gut"])
    assert [one.label for one in (good, bad, plain, long)] == ["positive", "negative", "neutral", "positive"]
    assert good.score > long.score > 0.8 and bad.score < -0.8 and abs(plain.score) < 1e-6
    assert good.engine == "transformers:tiny"
    assert tiny.feel([]) == []


def test_a_text_feels_the_same_in_any_company(tiny: Engine) -> None:
    texts = [f"{'paket ' * (n % 9)}{'gut' if n % 3 else 'schlecht'}" for n in range(3 * BATCH + 5)]
    alone = [tiny.feel([text])[0] for text in texts]
    together = tiny.feel(texts)
    assert [one.label for one in together] == [one.label for one in alone]
    assert [one.score for one in together] == pytest.approx([one.score for one in alone], abs=1e-6)


def test_a_long_text_is_judged_by_its_beginning(tiny: Engine) -> None:
    [felt] = tiny.feel(["gut " * 500 + "schlecht " * 500])
    assert felt.label == "positive"


def test_handles_and_links_are_as_models_of_posts_know_them(tiny: Engine) -> None:
    seen: list[str] = []
    inner = tiny._logits
    tiny._logits = lambda texts: (seen.extend(texts), inner(texts))[1]  # type: ignore[func-returns-value]
    tiny.feel(["@northwind gut https://example.com/a?b", "half \ud800 a letter"])
    assert "@user gut http" in seen
    assert all(text.encode() for text in seen)


@pytest.mark.parametrize(("place", "types"), [("onnx/model.onnx", False), ("model.onnx", True)])
def test_every_layout_of_an_export_is_read(tmp_path: Path, place: str, types: bool) -> None:
    assert engine(str(make(tmp_path / "m", place=place, types=types))).feel(["gut"])[0].label == "positive"


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """One model for all examples."""
    return engine(str(make(tmp_path_factory.mktemp("model") / "tiny")))


@settings(max_examples=30, deadline=None)
@given(texts=st.lists(st.text(max_size=40), max_size=5))
def test_no_text_stops_it(lasting: Engine, texts: list[str]) -> None:
    felt = lasting.feel(texts)
    assert len(felt) == len(texts) and all(-1 <= one.score <= 1 for one in felt)


# Which languages -----------------------------------------------------------------------------------------------------


def test_it_judges_what_ours_cannot_unless_told_which(tmp_path: Path) -> None:
    folder = str(make(tmp_path / "m"))
    assert [engine(folder).covers(code) for code in ("de", "und", "en", "hi-Latn")] == [True, True, False, False]
    assert [engine(folder, ("tr", "de")).covers(code) for code in ("de", "fr", "tr")] == [True, False, True]


# Labels --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "rows"),
    [
        (["negative", "neutral", "positive"], [0, 1, 2]),
        (["Positive", "Negative", "Neutral"], [2, 0, 1]),
        (["NEG", "NEU", "POS"], [0, 1, 2]),
        (["LABEL_0", "LABEL_1", "LABEL_2"], [0, 1, 2]),
        (["LABEL_0", "LABEL_1"], [0, 2]),
        (["NEGATIVE", "POSITIVE"], [0, 2]),
        (["1 star", "2 stars", "3 stars", "4 stars", "5 stars"], [0, 0, 1, 2, 2]),
        (["1", "2", "3", "4", "5"], [0, 0, 1, 2, 2]),
        (["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3", "LABEL_4"], [0, 0, 1, 2, 2]),
        (["very_negative", "negative", "neutral", "positive", "very_positive"], [0, 0, 1, 2, 2]),
    ],
)
def test_labels_of_many_names_are_negative_neutral_and_positive(labels: list[str], rows: list[int]) -> None:
    assert label_mapping("m", labels).argmax(axis=1).tolist() == rows


def test_five_stars_are_three_feelings(tmp_path: Path) -> None:
    stars = engine(str(make(tmp_path / "m", [f"{n} star{'s' if n > 1 else ''}" for n in range(1, 6)])))
    assert [one.label for one in stars.feel(["gut", "schlecht", "paket"])] == ["positive", "negative", "neutral"]


@pytest.mark.parametrize(
    "labels", [["joy", "anger"], ["LABEL_0", "LABEL_1", "LABEL_2", "LABEL_3"], ["neutral", "positive"], []]
)
def test_a_classifier_of_something_else_is_refused(labels: list[str]) -> None:
    with pytest.raises(Misconfigured, match="must tell negative and positive, or 1 to 5 stars"):
        label_mapping("m", labels)


# What goes wrong -----------------------------------------------------------------------------------------------------


def test_a_missing_package_is_named_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = str(make(tmp_path / "m"))
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(
        Misconfigured, match=r"package 'onnxruntime' is not installed: pip install 'sunwai\[transformers\]'"
    ):
        engine(folder)


def test_a_folder_that_is_no_model_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"cannot be read: config\.json"):
        engine(str(tmp_path))
    folder = make(tmp_path / "broken")
    (folder / "model.onnx").write_bytes(b"nonsense")
    with pytest.raises(Misconfigured, match=r"broken' of judgement\.model cannot be read"):
        engine(str(folder))
    (folder / "config.json").write_text("[]")
    with pytest.raises(Misconfigured, match=r"config\.json is no JSON object"):
        engine(str(folder))


@pytest.mark.parametrize("model", ["nobody/nothing", "not a name at all", "nobody/nothing@old"])
def test_a_model_that_cannot_be_had_is_told_in_a_sentence(model: str, tmp_path: Path) -> None:
    code = "import sys; from analysis.transformers_engine import engine; engine(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, model],
        capture_output=True,
        text=True,
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(Path.cwd())},
    )
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("core.errors.Misconfigured: The model '" + model + "' of judgement.model is no folder here")
    assert last.endswith("correct its name, or name a folder that holds it.")


class Hub(ThreadingHTTPServer):
    """The Hugging Face Hub on loopback, with one model, spoken to by its real client."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.name, self.folder = name, folder
        self.asked: list[str] = []


class Answers(BaseHTTPRequestHandler):
    server: Hub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub, sha = self.server, "a" * 40
        hub.asked.append(self.path)
        files = {str(path.relative_to(hub.folder)): path for path in hub.folder.rglob("*") if path.is_file()}
        if self.path.startswith(f"/api/models/{hub.name}/revision/main"):
            about = {"id": hub.name, "sha": sha, "siblings": [{"rfilename": name} for name in files]}
            return self._say(json.dumps(about).encode(), {"Content-Type": "application/json"})
        if self.path.startswith(f"/api/models/{hub.name}/tree/"):
            tree = [
                {"type": "file", "path": n, "size": p.stat().st_size, "oid": n.encode().hex()} for n, p in files.items()
            ]
            return self._say(json.dumps(tree).encode(), {"Content-Type": "application/json"})
        found = files.get(self.path.removeprefix(f"/{hub.name}/resolve/{sha}/"))
        if found is None:
            return self._say(b"", {}, 404)
        return self._say(found.read_bytes(), {"ETag": f'"{found.name}"', "X-Repo-Commit": sha})

    def _say(self, body: bytes, headers: dict[str, str], status: int = 200) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""


def test_a_model_is_fetched_from_the_hub_once(tmp_path: Path) -> None:
    hub = Hub("acme/mood", make(tmp_path / "m", place="onnx/model.onnx"))
    (hub.folder / "pytorch_model.bin").write_bytes(b"gigabytes that ONNX does not need")
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    code = "from analysis.transformers_engine import engine; print(engine('acme/mood').feel(['gut'])[0])"
    world = {
        **{name: value for name, value in os.environ.items() if "proxy" not in name.lower()},
        "HF_ENDPOINT": f"http://127.0.0.1:{hub.server_port}",
        "HF_HOME": str(tmp_path / "cache"),
    }

    def run() -> "subprocess.CompletedProcess[str]":
        return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=world)

    first = run()
    hub.shutdown()
    hub.server_close()  # from now on nobody answers there
    second = run()
    assert "label='positive'" in first.stdout and "transformers:acme/mood" in first.stdout, first.stderr
    assert second.stdout == first.stdout, second.stderr
    assert any("onnx/model.onnx" in path for path in hub.asked)
    assert not any("pytorch_model.bin" in path for path in hub.asked)


def test_nothing_heavy_is_loaded_before_a_text_needs_it() -> None:
    code = "import sys, analysis.transformers_engine, analysis.judge; print(*{m.split('.')[0] for m in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"onnxruntime", "tokenizers", "transformers", "torch", "huggingface_hub"} & set(loaded)


# PyTorch, where it is installed --------------------------------------------------------------------------------------


def test_a_model_without_onnx_says_what_it_needs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make(tmp_path / "m")
    (folder / "model.onnx").unlink()
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "transformers", None)
    with pytest.raises(Misconfigured, match="is not installed: pip install"):
        engine(str(folder))


def test_a_model_without_onnx_runs_on_pytorch(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is several gigabytes; this test runs where it is installed")
    transformers = pytest.importorskip("transformers")
    folder = make(tmp_path / "m")
    (folder / "model.onnx").unlink()
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=8,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=8,
        num_labels=3,
    )
    config.id2label = {0: "negative", 1: "neutral", 2: "positive"}
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.PreTrainedTokenizerFast(
        tokenizer_file=str(folder / "tokenizer.json"), pad_token="[PAD]", unk_token="[UNK]", model_max_length=16
    ).save_pretrained(folder)
    felt = transformers_engine.engine(str(folder)).feel(["gut", "paket " * 40, "schlecht"])
    assert len(felt) == 3 and all(-1 <= one.score <= 1 for one in felt)
