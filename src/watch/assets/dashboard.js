// Runs in the page of the dashboard, after draw_charts.js: shows the events, and sends the actions of the buttons.
/* global draw, plots */

const element = (id) => document.getElementById(id);
const controls = document.querySelector(".controls");
const { header, token } = controls.dataset;

/** Shows an event, by its name. */
const SHOW = {
  title: (title) => element("title").textContent = title,
  state: showState,
  progress: showProgress,
  facts: (html) => element("facts").innerHTML = html,
  pictures: (html) => element("pictures").innerHTML = html,
  filters: (html) => element("filters").innerHTML = html,
  confusion: (html) => showScrolled("confusion", html),
  steps: (chart) => showChart("steps", chart),
  loss: (chart) => showChart("loss", chart),
  accuracy: (chart) => showChart("accuracy", chart),
};

/** The latest data of each event that is not shown yet. */
const fresh = new Map();

function showFresh() {
  for (const [name, data] of fresh) SHOW[name](JSON.parse(data));
  fresh.clear();
}

function showChart(id, chart) {
  const at = plots.find(({ holder }) => holder.id === id);
  at.holder.classList.toggle("empty", chart.x.length === 0);
  const data = [chart.x, ...chart.lines.map(({ y }) => y)];
  if (at.plot.data.length === data.length) return at.plot.setData(data);
  // uPlot cannot add a line to a chart.
  at.plot.destroy();
  at.plot = draw(at.holder, chart);
}

/** Replaces a table, and keeps its scroll position and focus. */
function showScrolled(id, html) {
  const before = element(id).querySelector(".scroll");
  const [left, focused] = [before?.scrollLeft ?? 0, before === document.activeElement];
  element(id).innerHTML = html;
  const now = element(id).querySelector(".scroll");
  now.scrollLeft = left;
  if (focused) now.focus({ preventScroll: true });
}

/** Shows the progress in the title as well, for those who have another tab open. */
function showProgress(share) {
  element("progress").value = share;
  document.title = `${Math.floor(share * 100)} % ${element("title").textContent}`;
}

function showState({ state, message }) {
  document.documentElement.dataset.state = state;
  element("state").textContent = message;
  element("hold").textContent = state === "paused" ? "Resume" : "Pause";
  const acting = state === "running" || state === "paused";
  for (const id of ["hold", "stop"]) element(id).disabled = !acting;
  if (state === "over") events.close();
}

function act(action) {
  // A lost connection shows in the events.
  fetch(action, { method: "POST", headers: { [header]: token } }).catch(() => {});
}

element("hold").addEventListener("click", () => {
  act(document.documentElement.dataset.state === "paused" ? "resume" : "pause");
});
element("stop").addEventListener("click", () => act("stop"));

const events = new EventSource("events");
for (const name of Object.keys(SHOW)) {
  events.addEventListener(name, ({ data }) => {
    // At most once a frame, and not at all in a hidden tab.
    if (fresh.size === 0) requestAnimationFrame(showFresh);
    fresh.set(name, data);
  });
}
events.addEventListener("error", () => {
  // The last events before the connection ended.
  showFresh();
  if (document.documentElement.dataset.state === "over") return;
  events.close();
  showState({ state: "lost", message: "The connection ended: the training no longer runs" });
});
