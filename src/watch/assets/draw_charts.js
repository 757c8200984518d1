// Runs in a page after uPlot: draws the charts that the page holds as JSON.

/** The styles of the lines; the colours are variables of the style sheet. */
const STYLES = {
  step: { colour: "--step", width: 1 },
  train: { colour: "--train", width: 2 },
  test: { colour: "--test", width: 2, dash: [6, 4] },
};

/** Up to so many points, each is marked. */
const MAX_MARKED = 40;

const NUMBERS = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 5 });
const FONT = "12px system-ui, sans-serif";

/** The current value of a colour: a canvas takes no variables. */
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const height = (holder) => Math.round(Math.min(280, Math.max(200, holder.clientWidth * 0.6)));

function draw(holder, { counts, unit, x, lines }) {
  const axis = {
    stroke: () => colour("--muted"),
    font: FONT,
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
  };
  const variable = (_, line) => `var(${STYLES[lines[line - 1].style].colour})`;
  const dash = (_, line) => STYLES[lines[line - 1].style].dash ? "dashed" : "solid";
  const value = (_, value) => value == null ? "–" : NUMBERS.format(value) + (unit && ` ${unit}`);
  const options = {
    width: holder.clientWidth,
    height: height(holder),
    scales: {
      x: { time: false, range: (_, low, high) => low < high ? [low, high] : [low - 1, low + 1] },
      y: {
        range: unit === "%"
          ? { min: { pad: 0.1, hard: 0 }, max: { pad: 0.1, hard: 100 } }
          : { min: { pad: 0.1, soft: 0, mode: 1 }, max: { pad: 0.1 } },
      },
    },
    axes: [
      { ...axis, size: 30, grid: { show: false }, incrs: wholeIncrements() },
      { ...axis, size: 56, values: (_, splits) => splits.map((split) => NUMBERS.format(split)) },
    ],
    cursor: { points: { stroke: variable, fill: variable } },
    legend: { markers: { stroke: variable, dash, fill: () => "transparent" } },
    series: [
      { label: counts, value: (_, value) => value ?? "–" },
      ...lines.map(({ name, style }) => ({
        label: name,
        stroke: () => colour(STYLES[style].colour),
        width: STYLES[style].width,
        dash: STYLES[style].dash,
        points: {
          show: ({ data }) => data[0].length <= MAX_MARKED,
          size: 6,
          fill: () => colour("--page"),
        },
        value,
      })),
    ],
  };
  return new uPlot(options, [x, ...lines.map(({ y }) => y)], holder);
}

/** Increments of the x axis: steps and epochs are whole numbers. */
function wholeIncrements() {
  return [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
}

const charts = JSON.parse(document.querySelector('script[type="application/json"]').textContent);
const plots = Array.from(document.querySelectorAll("[data-chart]"), (holder) => ({
  holder,
  plot: draw(holder, charts[holder.dataset.chart]),
}));

function drawAgain() {
  for (const { holder, plot } of plots) {
    plot.setSize({ width: holder.clientWidth, height: height(holder) });
  }
}

addEventListener("resize", drawAgain);
for (const query of ["(prefers-color-scheme: dark)", "print"]) {
  matchMedia(query).addEventListener("change", drawAgain);
}
