// Draws each chart of the page from its Vega-Lite, in the page's light or dark. The policy forbids eval, so expressions are
// interpreted (ast), and styles are in our own sheet. Without this script the chart's sentence and table still stand there.
const dark = matchMedia("(prefers-color-scheme: dark)");
const drawings = [...document.querySelectorAll("[data-chart]")];

async function draw(place) {
  const answer = await fetch(`${place.dataset.chart}&dark=${dark.matches}`);
  if (!answer.ok) throw new Error(answer.status);
  const spec = await answer.json();
  spec.config.legend.columns = Math.max(1, Math.floor(place.clientWidth / 105)); // a legend never leaves a phone's screen
  const canvas = document.createElement("div");
  canvas.ariaHidden = "true"; // its place says what it shows
  place.replaceChildren(canvas);
  await vegaEmbed(canvas, spec, {
    actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: { disableDefaultStyle: true, theme: "custom" },
  });
  place.classList.add("drawn");
}

function drawAll() {
  for (const place of drawings) draw(place).catch(() => place.closest("figure").classList.add("undrawn"));
}

drawAll();
dark.addEventListener("change", drawAll);
