// The page: asks the API next to it, says the answer in words, and draws it.
const $ = (id) => document.getElementById(id);
const ZONE = "America/New_York";
const FEW = 20;
const FEW_JUDGED = 30;
const FEW_DAYS = 14;
const RECORD_DAYS = 28;
const BAD_SHARE = 0.7;
const OLD_DAYS = 3;
const VERY_OLD_DAYS = 30;
const DAY = 24;
const WEEK = 7 * DAY;
const MONTH = 30.4 * DAY;
const YEAR = 365 * DAY;

/** An element; properties that are no attributes (text, on…) are set as such. */
function element(tag, attributes = {}, ...children) {
  const made = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter((child) => child !== undefined && child !== "" && child !== false));
  return made;
}

// ---------------------------------------------------------------------------------------------
// Numbers and moments, as a person would say them

const count = (n) => n.toLocaleString("en-US");
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;

/** Up to how many hours which unit is said, and how many hours that has. */
const UNITS = [
  [57.5 / 60, 1 / 60, "minute"],
  [36, 1, "hour"],
  [20.5 * DAY, DAY, "day"],
  [13 * WEEK, WEEK, "week"],
  [2 * YEAR, MONTH, "month"],
  [Infinity, YEAR, "year"],
];
const unitOf = (hours) => UNITS.find(([limit]) => hours < limit);

/** The amount and the unit of some hours: {amount: 2.6, unit: "hour"}. */
function inUnits(hours) {
  const [, size, unit] = unitOf(hours);
  const exact = hours / size;
  const step = unit === "minute" ? (exact < 9.5 ? 1 : 5) : exact < 4.95 ? 0.1 : 1;
  return { amount: Math.round(Math.round(exact / step) * step * 10) / 10, unit };
}

/** The next larger amount of the same unit that makes a good end of a scale, in hours. */
function scaleEnd(hours) {
  const [, size, unit] = unitOf(hours);
  const good = unit === "minute" ? [2, 4, 6, 8, 10, 20, 30, 40, 60] : [1, 2, 4, 6, 8, 10, 12, 16, 20, 24, 48];
  return (good.find((amount) => amount >= hours / size - 1e-9) ?? hours / size) * size;
}

function duration(hours, more = "") {
  const { amount, unit } = inUnits(hours);
  if (amount === 0) return more ? "another minute" : "a minute";
  return plural(amount, more + unit);
}

/** For tables and axes: "35 min", "2.6 h", "3 days". */
function short(hours) {
  const { amount, unit } = inUnits(hours);
  if (amount === 0) return "< 1 min";
  const name = { minute: "min", hour: "h" }[unit];
  return name ? `${count(amount)} ${name}` : plural(amount, unit);
}

/** How long most take, as the middle of a sentence. */
function mostTake(most, low, high, more = "") {
  const from = inUnits(low);
  const to = inUnits(high);
  if (from.amount === 0) return `Most take at most ${duration(high, more)}`;
  if (from.unit !== to.unit) return `${most} take between ${duration(low)} and ${duration(high, more)}`;
  return from.amount === to.amount
    ? `${most} take about ${duration(high, more)}`
    : `${most} take between ${count(from.amount)} and ${duration(high, more)}`;
}

const percent = (share) =>
  share > 0 && share < 0.01 ? "less than 1%"
    : share < 1 && share > 0.99 ? "more than 99%"
      : `${Math.round(share * 100)}%`;

const formatted = (options) => new Intl.DateTimeFormat("en-US", { timeZone: ZONE, ...options });

const year = formatted({ year: "numeric" });

function dayOf(instant) {
  const thisYear = year.format(instant) === year.format(new Date());
  return formatted({ month: "long", day: "numeric", year: thisYear ? undefined : "numeric" }).format(instant);
}

const instantWords = (asOf) => `${dayOf(new Date(asOf))}, ${formatted({ hour: "numeric", minute: "2-digit" }).format(new Date(asOf))}`;

/** New York's wall clock, as a field of type datetime-local has it. */
function wallClock(instant) {
  const parts = Object.fromEntries(
    formatted({ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" })
      .formatToParts(instant)
      .map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** A wall clock of New York in words, whatever the browser's own zone. */
function wallClockWords(date) {
  const instant = new Date(`${date}Z`);
  const format = (options) => new Intl.DateTimeFormat("en-US", { timeZone: "UTC", ...options }).format(instant);
  const year = format({ year: "numeric" }) === wallClock(new Date()).slice(0, 4) ? undefined : "numeric";
  return format({ weekday: "short", month: "short", day: "numeric", year, hour: "numeric", minute: "2-digit" });
}

const hourName = (hour) => `${hour % 12 || 12} ${hour < 12 ? "AM" : "PM"}`;

/** Capitals only are hard to read; short ones may be an abbreviation. */
function displayName(type) {
  return type.length > 5 && type === type.toUpperCase()
    ? type.toLowerCase().replace(/\p{L}+/gu, (word) => word[0].toUpperCase() + word.slice(1))
    : type;
}

const normalised = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, " ").trim();
const slug = (text) => normalised(text).replaceAll(" ", "-");

// ---------------------------------------------------------------------------------------------
// State

const state = {
  types: [],
  status: null, // a promise: which estimators are covered
  covered: new Set(), // the estimators whose range held eight in ten when that was measured
  place: null, // {lat, lon}, once it is valid
  whenSet: false,
  answer: null, // what is shown
  judged: false, // whether the types have their share within the range
  asked: "", // the fragment of the last question
  running: null,
  retry: null,
  timers: new Set(),
};

function setState(name) {
  document.body.dataset.state = name;
  $("answer").setAttribute("aria-busy", String(name === "loading"));
  $("popular").hidden = !(name === "ready" || (name === "unknown" && !state.answer)) || !state.types.length;
  const keep = state.answer && ["answered", "loading", "offline", "error"].includes(name);
  $("answer").hidden = $("pictures").hidden = !keep;
}

function notice(text, { alert = false, old = false, suggestions = [], retry = null } = {}) {
  stopTimers();
  state.retry = retry;
  $("notice").setAttribute("role", alert ? "alert" : "status");
  $("notice").textContent = text;
  $("notices").classList.toggle("on", text !== "");
  $("notices").classList.toggle("old", old);
  $("countdown").hidden = true;
  $("retry").hidden = !retry;
  $("suggestions").hidden = !suggestions.length;
  $("suggestions").replaceChildren(
    ...suggestions.map((type) =>
      element("button", { type: "button", onclick: () => choose(type) }, displayName(type))));
}

function stopTimers() {
  state.timers.forEach(clearInterval);
  state.timers.clear();
}

function retryIn(seconds) {
  let left = seconds;
  const show = () => ($("countdown").textContent = `Next try in ${plural(left, "second")}.`);
  show();
  $("countdown").hidden = false;
  const timer = setInterval(() => {
    left -= 1;
    if (left <= 0) tryAgain();
    else show();
  }, 1000);
  state.timers.add(timer);
}

function tryAgain() {
  const retry = state.retry;
  stopTimers();
  if (retry) retry();
}

// ---------------------------------------------------------------------------------------------
// Asking the API

class Answered extends Error {
  constructor(status, body, retryAfter) {
    super(body.problem ?? body["error message"] ?? body.message ?? `HTTP ${status}`);
    Object.assign(this, { status, body, retryAfter });
  }
}

/** The body of a 200. Throws Answered for any other answer, TypeError where there is none. */
async function get(path, signal) {
  const response = await fetch(path, { signal, headers: { accept: "application/json" } });
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new Answered(response.status, body, Number(response.headers.get("retry-after")) || 0);
  return body;
}

function failed(error, retry) {
  if (error.name === "AbortError") return;
  if (!(error instanceof Answered)) {
    setState("offline");
    notice(
      state.answer
        ? "There is no connection at the moment. What you see is the last answer."
        : "There is no connection at the moment.",
      { alert: true, retry });
  } else if (error.status === 503 && error.retryAfter) {
    setState("empty");
    notice("Nothing is published yet. The first estimates come as soon as the city's data has been collected.", { retry });
    retryIn(error.retryAfter);
  } else if (error.body.suggestions) {
    state.answer = null;
    setState("unknown");
    const suggestions = error.body.suggestions;
    notice(
      `No complaint type is called “${$("type").value.trim()}” in the last weeks' data.` + (suggestions.length ? " Did you mean:" : ""),
      { suggestions });
  } else if (error.body.parameter) {
    setState("error");
    wrong(error.body.parameter, error.message);
  } else {
    setState("error");
    notice(
      error.status === 429
        ? "Too many people are asking at the moment. Please try again in a minute."
        : `Something went wrong at our end. Please try again in a minute.`,
      { alert: true, retry });
  }
}

async function load() {
  setState("loading");
  notice("");
  try {
    const types = await get("complaint-types");
    state.types = types.complaint_types.map((type) => ({
      ...type,
      name: displayName(type.complaint_type),
      words: normalised(type.complaint_type).split(" "),
    }));
    state.types.sort((a, b) => b.requests - a.requests);
    age(types.as_of);
    showPopular();
    showAll();
    state.status = get("status").then(showStatus, () => {});
    if (fromLink()) await ask({ push: false });
    else {
      setState("ready");
      oldNotice(types.as_of);
    }
  } catch (error) {
    failed(error, load);
  }
}

/** What is asked, or null where a field is wrong, which is then said beside it. */
function question(quiet) {
  const wrongs = [];
  const asked = { type: $("type").value.trim() };
  if (!slug(asked.type)) wrongs.push(["type", "Say what it is about, for example noise."]);
  const number = (field, name, low, high) => {
    const text = $(field).value.trim().replace("−", "-").replace(",", ".");
    if (!text) return undefined;
    const value = Number(text);
    if (!(value >= low && value <= high)) wrongs.push([field, `${name} must be a number between ${count(low)} and ${count(high)}.`]);
    return value;
  };
  asked.lat = number("lat", "Latitude", 40.4, 41);
  asked.lon = number("lon", "Longitude", -74.4, -73.6);
  if ((asked.lat === undefined) !== (asked.lon === undefined)) {
    wrongs.push(asked.lat === undefined ? ["lat", "Latitude is missing: both or none."] : ["lon", "Longitude is missing: both or none."]);
  }
  const inDays = $("open-for-unit").value === "days";
  const waited = number("open-for", "The waiting time", 0, inDays ? 3650 : 87600);
  asked.open_for = waited ? waited * (inDays ? DAY : 1) : undefined;
  if (state.whenSet) {
    asked.date = $("when").value;
    if (!asked.date) wrongs.push(["when", "Say the day and the time, or choose Now."]);
  }
  asked.descriptor = $("descriptor").value || undefined;
  if (!quiet) showWrongs(wrongs);
  return wrongs.length ? null : asked;
}

const FIELDS = { type: "type", lat: "lat", lon: "lon", when: "date", date: "date", "open-for": "open-for", open_for: "open-for", descriptor: "descriptor" };

function showWrongs(wrongs) {
  for (const field of ["type", "lat", "lon", "when", "open-for", "descriptor"]) {
    const message = wrongs.find(([wrongField]) => wrongField === field)?.[1] ?? "";
    $(field).toggleAttribute("aria-invalid", false);
    if (message) $(field).setAttribute("aria-invalid", "true");
    $(`${FIELDS[field]}-error`).textContent = message;
  }
  if (wrongs.length) {
    if (wrongs[0][0] !== "type") $("more").open = true;
    $(wrongs[0][0]).focus();
  }
}

/** The API's word on a parameter, beside its field and where notices are. */
function wrong(parameter, message) {
  const field = { complaint_type: "type", date: "when", open_for: "open-for" }[parameter] ?? parameter;
  notice(message, { alert: true });
  if ($(field)) showWrongs([[field, message]]);
}

/** Requests that wait already were reported then, unless the reader says otherwise. */
const dateOf = (asked) => asked.date ?? wallClock(new Date(Date.now() - (asked.open_for ?? 0) * 3600e3));

function link(asked) {
  const parts = [["type", slug(asked.type)]];
  if (asked.lat !== undefined) parts.push(["lat", asked.lat.toFixed(3)], ["lon", asked.lon.toFixed(3)]);
  for (const key of ["date", "descriptor", "open_for"]) if (asked[key] !== undefined) parts.push([key, asked[key]]);
  return "#" + parts.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%3A", ":")}`).join("&");
}

/** Fills the form from the address; false where it has no question. */
function fromLink() {
  const asked = new URLSearchParams(location.hash.slice(1));
  if (!asked.get("type")) return false;
  setType(asked.get("type"));
  $("lat").value = asked.get("lat") ?? "";
  $("lon").value = asked.get("lon") ?? "";
  state.whenSet = asked.has("date");
  if (state.whenSet) $("when").value = asked.get("date").replace(" ", "T").slice(0, 16);
  else showNow();
  const waited = Number(asked.get("open_for"));
  const inDays = waited >= 48 && waited % DAY === 0;
  $("open-for-unit").value = inDays ? "days" : "hours";
  $("open-for").value = asked.has("open_for") ? (Number.isFinite(waited) ? waited / (inDays ? DAY : 1) : asked.get("open_for")) : "";
  setDescriptors(asked.has("descriptor") ? [asked.get("descriptor")] : [], asked.get("descriptor"));
  showPlace();
  showMore();
  return true;
}

async function ask({ push = true } = {}) {
  clearTimeout(state.soon);
  const asked = question();
  if (!asked) {
    if (document.body.dataset.state === "loading") setState("ready");
    return;
  }
  closeOptions();
  state.running?.abort();
  const running = (state.running = new AbortController());
  setState("loading");
  notice("");
  const fragment = link(asked);
  state.asked = fragment;
  if (push && fragment !== location.hash) {
    history[push === "replace" ? "replaceState" : "pushState"](null, "", fragment);
  }
  const date = dateOf(asked);
  const query = new URLSearchParams({ date });
  for (const key of ["lat", "lon", "descriptor", "open_for"]) if (asked[key] !== undefined) query.set(key, asked[key]);
  const path = encodeURIComponent(slug(asked.type));
  try {
    // The words come without the pictures where these fail: while versions change, for instance.
    const picture = (from) => get(from, running.signal).catch(() => null);
    const [predict, curve, type] = await Promise.all([
      get(`predict/${path}?${query}`, running.signal),
      picture(`curve/${path}?${query}`),
      picture(`complaint-types/${path}`),
      state.status,
    ]);
    if (state.running !== running) return;
    state.asked = link({ ...asked, type: predict.matched_type });
    history.replaceState(null, "", state.asked);
    show({ asked: { ...asked, date }, predict, curve, type });
  } catch (error) {
    if (state.running === running) failed(error, () => ask({ push: false }));
  }
}

/** A change beside an answer changes the answer. */
function askSoon() {
  showMore();
  clearTimeout(state.soon);
  if (!state.answer) return;
  state.soon = setTimeout(() => {
    const asked = question(true);
    if (asked && link(asked) !== state.asked) ask({ push: "replace" });
  }, 700);
}

// ---------------------------------------------------------------------------------------------
// The answer in words

function show(answer) {
  const { predict, type, asked } = answer;
  state.answer = answer;
  setType(predict.matched_type);
  setDescriptors(type?.descriptors ?? [], asked.descriptor);
  $("answer-type").textContent = [displayName(predict.matched_type), ...situation(asked)].join("\u00a0· ");
  document.title = `${displayName(predict.matched_type)}: how long will my 311 request take?`;
  $("answer-words").replaceChildren(...words(predict, asked));
  $("answer-basis").textContent = basis(predict, type, asked);
  $("as-of").textContent = `Data as of ${instantWords(predict.as_of)}, ${ageWords(predict.as_of)} ago`;
  $("share-link").setAttribute("href", state.asked);
  $("shared").textContent = "";
  setState("answered");
  age(predict.as_of);
  oldNotice(predict.as_of);
  drawCurve(answer);
  drawHours(answer);
  drawRows($("by-weekday"), type?.by_weekday, "weekday", "Day", wallWeekday(asked.date));
  drawRows($("by-borough"), type?.by_borough, "borough", "Borough", state.place?.borough);
  document.querySelector(".rough-note").hidden = !document.querySelector("#pictures figure:not([hidden]) .rough");
  const top = $("answer").getBoundingClientRect().top;
  if (top > innerHeight * 0.6 || top < 0) $("answer").scrollIntoView({ block: "start" });
}

const wallWeekday = (date) => new Intl.DateTimeFormat("en-US", { timeZone: "UTC", weekday: "long" }).format(new Date(`${date}Z`));

function situation(asked) {
  const said = [];
  if (asked.descriptor) said.push(asked.descriptor);
  if (asked.lat !== undefined) said.push(state.place?.borough ?? "your place");
  if (state.whenSet) said.push(wallClockWords(asked.date));
  return said;
}

function words(predict, asked) {
  const { p10, p90, p10_at_least: noRange, p90_at_least: p90AtLeast } = predict.range;
  const p50 = predict.estimated_time;
  const said = (headline, ...sentences) => [
    element("span", { class: "headline" }, ...headline),
    ...sentences.filter(Boolean).map((sentence) => element("span", { class: "sentence" }, sentence)),
  ];
  const big = (text) => element("strong", {}, text);
  if (nobodyKnows(predict, asked)) {
    return said(["Nobody knows how much longer."],
      `You have waited ${duration(asked.open_for)}, longer than any of the ${count(predict.requests)} that we followed.`);
  }
  const waited = asked.open_for !== undefined && predict.still_open != null
    ? `You have waited ${duration(asked.open_for)}; ${percent(predict.still_open)} of such requests wait longer.`
    : "";
  const rough = predict.rough && `This rests on little: ${little(predict)}.`;
  const more = asked.open_for === undefined ? "" : "more ";
  const dayOnly = predict.day_only > 0.5;
  const ofMost = dayOnly && "Of most such closings the city notes only the day.";
  const asOf = new Date(predict.as_of);
  const past = daysOld(predict.as_of) > VERY_OLD_DAYS;
  if (predict.at_least) {
    return said(
      [past ? `In ${year.format(asOf)}, more than half were still open after ` : "More than half are still open after ", big(duration(p50, more)), "."],
      waited,
      "It will probably take longer.",
      !noRange && `The quickest tenth is closed within ${duration(p10, more)}.`,
      ofMost,
      rough);
  }
  return said(
    [past ? `In ${year.format(asOf)}, half were closed within ` : "Half are closed within ", big(duration(p50, more)), dayOnly ? ", by the end of the day." : "."],
    waited,
    p90AtLeast
      ? `1 in 10 takes less than ${duration(p10, more)}, and more than 1 in 10 are still open after ${duration(p90, more)}.`
      : `${mostTake(most(predict, asked), p10, p90, more)}.`,
    ofMost,
    rough);
}

/** How little an answer rests on. */
function little({ followed, interval, requests }) {
  if (followed !== undefined) return `only ${count(followed)} ${followed === 1 ? "was" : "were"} still open after so long`;
  if (!interval) return "how long half of such requests take is known only roughly, even for the whole city";
  return interval.upper === null
    ? `of ${plural(requests, "request")}, too few were followed to know when half are closed`
    : `by ${plural(requests, "request")}, it may be anything from ${duration(interval.lower)} to ${duration(interval.upper)} until half are closed`;
}

/** “8 in 10” where a backtest has found the range to be that, of what this answer comes from. */
function most(predict, asked) {
  const known = [asked.lat !== undefined && "place", "time", asked.descriptor && "descriptor"].filter(Boolean);
  const estimator = predict.basis === "regression" ? `regression: ${known.join(", ")}` : "Kaplan–Meier median";
  return asked.open_for === undefined && state.covered.has(estimator) ? "8 in 10" : "Most";
}

/** Who has waited longer than any request was followed. */
const nobodyKnows = (predict, asked) => asked.open_for !== undefined && predict.at_least && predict.estimated_time === 0;

/** What the numbers rest on. */
function basis(predict, type, asked) {
  const requests = `Based on ${plural(predict.requests, "request")} up to ${dayOf(new Date(predict.as_of))}.`;
  if (nobodyKnows(predict, asked)) return requests;
  if (predict.basis === "regression") {
    const where = asked.lat === undefined ? "this time of the day and week, anywhere in the city" : "your place and time";
    const city = type && asked.open_for === undefined ? ` For the whole city, at any time, it is ${groupWords(type)}.` : "";
    const left = predict.fallback && asked.descriptor ? ` Nothing is known of “${asked.descriptor}” alone.` : "";
    return `${requests} Estimated for ${where}.${left}${city}`;
  }
  const given = [asked.lat !== undefined && "place", state.whenSet && "time", asked.descriptor && "descriptor"].filter(Boolean);
  const why = predict.fallback && given.length ? ` We cannot say more for your ${new Intl.ListFormat("en-US").format(given)}: ${predict.fallback}.` : "";
  const meaning = predict.at_least || asked.open_for !== undefined ? "" : ": half were closed sooner, half later";
  return `${requests} This is for the whole city, at any time${meaning}.${why}`;
}

function ageWords(asOf) {
  return duration(Math.max(0, Date.now() - Date.parse(asOf)) / 3600e3);
}

const daysOld = (asOf) => (Date.now() - Date.parse(asOf)) / (DAY * 3600e3);
const isOld = (asOf) => daysOld(asOf) >= OLD_DAYS;

function age(asOf) {
  document.body.dataset.old = String(isOld(asOf));
}

function oldNotice(asOf) {
  if (isOld(asOf)) notice(`These estimates are ${ageWords(asOf)} old: the newest data is of ${dayOf(new Date(asOf))}.`, { old: true });
}

// ---------------------------------------------------------------------------------------------
// The curve

/** A curve's chance at some hours: its points are joined straight in log1p(hours). Undefined after its end. */
function closedBy(curve, hours) {
  const { hours: xs, closed_by: ys } = curve;
  const next = xs.findIndex((x) => x >= hours);
  if (next < 0) return undefined;
  if (xs[next] === hours) return ys[xs.lastIndexOf(hours)];
  if (next === 0) return ys[0];
  const at = (h) => Math.log1p(h);
  const span = at(xs[next]) - at(xs[next - 1]);
  return span === 0 ? ys[next] : ys[next - 1] + ((ys[next] - ys[next - 1]) * (at(hours) - at(xs[next - 1]))) / span;
}

/** First hours with that chance; the end of what is known where it never comes. */
function quantile(curve, share) {
  const { hours: xs, closed_by: ys } = curve;
  const next = ys.findIndex((y) => y >= share);
  if (next < 0) return xs.at(-1);
  if (next === 0 || ys[next] === ys[next - 1]) return xs[next];
  const [from, to] = [Math.log1p(xs[next - 1]), Math.log1p(xs[next])];
  return Math.expm1(from + ((to - from) * (share - ys[next - 1])) / (ys[next] - ys[next - 1]));
}

const TICKS = [
  [1 / 60, "1 min"], [5 / 60, "5 min"], [0.25, "15 min"], [0.5, "30 min"], [1, "1 h"], [2, "2 h"], [4, "4 h"], [8, "8 h"], [12, "12 h"],
  [DAY, "1 day"], [2 * DAY, "2 days"], [4 * DAY, "4 days"], [WEEK, "1 week"], [2 * WEEK, "2 weeks"], [MONTH, "1 month"], [2 * MONTH, "2 months"],
  [4 * MONTH, "4 months"], [YEAR, "1 year"], [2 * YEAR, "2 years"], [5 * YEAR, "5 years"],
];

function drawCurve({ predict, curve, asked }) {
  const figure = $("curve");
  figure.hidden = !(curve?.curve.hours.length > 1);
  if (figure.hidden) return;
  const { curve: own, overall } = curve;
  const two = JSON.stringify(own) !== JSON.stringify(overall);
  const conditional = asked.open_for !== undefined;
  const { p10, p90, p10_at_least: noRange, p90_at_least: p90AtLeast } = predict.range;
  figure.querySelector("h3").textContent = conditional ? "How much longer?" : "When will it be closed?";
  figure.querySelector(".what").textContent = (conditional
    ? "The chance that it is closed after that much more time."
    : "The chance that it is closed by each moment after it was reported.") +
    (own.closed_by.at(-1) < 1 ? " It ends where no more is known." : "");
  figure.querySelector(".legend").replaceChildren(
    ...(two
      ? [element("span", { class: "key own" }, asked.lat === undefined ? "this time of the day and week" : "your place and time"), element("span", { class: "key overall" }, "whole city, any time")]
      : [element("span", { class: "key own" }, "whole city, any time")]),
    noRange ? "" : element("span", { class: "key range" }, `${most(predict, asked)}: ${rangeWords(predict)}`));

  const end = Math.min(
    own.hours.at(-1),
    // A long flat end tells nothing.
    Math.max(1, ...[own, overall].map((each) => quantile(each, 0.97 * each.closed_by.at(-1))), p90AtLeast ? 0 : p90 * 1.25, predict.at_least ? own.hours.at(-1) : 0));
  const box = figure.querySelector(".chart");
  const width = Math.max(240, box.clientWidth);
  const height = Math.round(Math.min(320, Math.max(220, width * 0.5)));
  const left = 42, right = 10, top = 14, bottom = 30;
  const x = (hours) => left + ((width - left - right) * Math.log1p(hours)) / Math.log1p(end);
  const hoursAt = (px) => Math.min(end, Math.expm1((Math.min(1, Math.max(0, (px - left) / (width - left - right))) * Math.log1p(end))));
  const y = (share) => height - bottom - (height - top - bottom) * share;
  const path = ({ hours, closed_by: shares }) => {
    const points = hours.map((h, i) => [h, shares[i]]).filter(([h]) => h <= end);
    if (hours.at(-1) > end) points.push([end, closedBy({ hours, closed_by: shares }, end)]);
    return points.map(([h, share], i) => `${i ? "L" : "M"}${x(h).toFixed(1)},${y(share).toFixed(1)}`).join("");
  };

  const grid = element("svg:g", { class: "grid" });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    grid.append(
      element("svg:line", { x1: left, x2: width - right, y1: y(share), y2: y(share) }),
      element("svg:text", { x: left - 8, y: y(share) + 4, "text-anchor": "end" }, `${share * 100}%`));
  }
  let lastX = x(0);
  grid.append(element("svg:text", { x: lastX, y: height - 8, "text-anchor": "middle" }, "0"));
  const ticks = TICKS.filter(([hours]) => hours <= end);
  for (const [hours, label] of ticks) {
    const room = label.length * 3.6;
    if (x(hours) - lastX < 34 + room || x(hours) + room > width) continue;
    lastX = x(hours) + room - 12;
    grid.append(
      element("svg:line", { x1: x(hours), x2: x(hours), y1: y(0), y2: y(0) + 5 }),
      element("svg:text", { x: x(hours), y: height - 8, "text-anchor": "middle" }, label));
  }

  const band = [x(Math.min(p10, end)), x(p90AtLeast ? end : Math.min(p90, end))];
  const half = predict.estimated_time;
  const atLeft = x(half) < left + 90;
  const median = predict.at_least || half > end ? "" : element("svg:g", { class: "median" },
    element("svg:line", { x1: x(half), x2: x(half), y1: top, y2: y(0) }),
    element("svg:text", { x: x(half) + (atLeft ? 6 : -6), y: top + 15, "text-anchor": atLeft ? "start" : "end" }, `half by ${short(half)}`));
  const cursor = element("svg:g", { class: "cursor" },
    element("svg:line", { y1: top, y2: y(0) }), element("svg:circle", { class: "overall", r: 4 }), element("svg:circle", { class: "own", r: 6 }));
  const svg = element("svg:svg", {
    viewBox: `0 0 ${width} ${height}`, width, height, role: "slider", tabindex: 0,
    "aria-label": conditional ? "The chance of being closed after some more time" : "The chance of being closed by each moment",
    "aria-valuemin": 0, "aria-valuemax": 60,
  },
  noRange ? "" : element("svg:rect", { class: "band", x: band[0], y: top, width: Math.max(0, band[1] - band[0]), height: y(0) - top }),
  grid,
  median,
  two ? element("svg:path", { class: "overall", d: path(overall) }) : "",
  element("svg:path", { class: "own", d: path(own) }),
  cursor);
  box.replaceChildren(svg);

  const readout = figure.querySelector(".readout");
  const more = conditional ? "more " : "";
  const at = (hours) => {
    const share = closedBy(own, hours);
    const whole = closedBy(overall, hours);
    for (const child of cursor.children) {
      child.setAttribute(child.tagName === "line" ? "x1" : "cx", x(hours));
      if (child.tagName === "line") child.setAttribute("x2", x(hours));
    }
    const both = two && whole !== undefined;
    if (both) cursor.children[1].setAttribute("cy", y(whole));
    cursor.children[1].toggleAttribute("hidden", !both);
    cursor.children[2].setAttribute("cy", y(share));
    const said = `After ${duration(hours, more)}: ${percent(share)} closed`;
    const compared = both ? `Whole city, any time: ${percent(whole)}` : "";
    readout.replaceChildren(element("b", {}, said), element("span", {}, compared));
    svg.setAttribute("aria-valuenow", Math.round((60 * Math.log1p(hours)) / Math.log1p(end)));
    svg.setAttribute("aria-valuetext", [said, compared].filter(Boolean).join(", "));
  };
  slide(svg, 60, (step) => at(step === 60 ? end : Math.expm1((step / 60) * Math.log1p(end))), (px) => at(hoursAt(px * (width / svg.getBoundingClientRect().width))));
  at(Math.min(half, end));

  const moments = ticks.map(([hours]) => hours).filter((hours) => closedBy(own, hours) >= 0.01 || closedBy(overall, hours) >= 0.01);
  table($("curve-table"), [conditional ? "After waiting longer for" : "After", ...(two ? ["Your question", "Whole city"] : ["Closed"])],
    moments.map((hours) => [duration(hours), percent(closedBy(own, hours)), ...(two ? [hours > overall.hours.at(-1) ? "–" : percent(closedBy(overall, hours))] : [])]));
}

/** Values on touch, hover and keyboard: `step` gets 0 to `last`, `pointer` the pixels from the left edge. */
function slide(target, last, step, pointer) {
  target.addEventListener("keydown", (event) => {
    const now = Number(target.getAttribute("aria-valuenow"));
    const next = {
      ArrowRight: now + 1, ArrowUp: now + 1, ArrowLeft: now - 1, ArrowDown: now - 1,
      PageUp: now + last / 6, PageDown: now - last / 6, Home: 0, End: last,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    step(Math.min(last, Math.max(0, Math.round(next))));
  });
  for (const name of ["pointermove", "pointerdown"]) {
    target.addEventListener(name, (event) => pointer(event.clientX - target.getBoundingClientRect().left));
  }
}

// ---------------------------------------------------------------------------------------------
// Hours, days, boroughs

/** The longest bar's hours: the rough must not make all others small. */
function longest(groups) {
  const sure = groups.filter((group) => !group.rough);
  return Math.max(...(sure.length ? sure : groups).map((group) => group.estimated_time), 1e-9);
}

const groupWords = (group) =>
  (group.at_least ? `more than ${duration(group.estimated_time)}` : duration(group.estimated_time)) +
  (group.rough ? `, roughly, by ${plural(group.requests, "request")}` : "");

function bar(group, max, property) {
  const made = element("i", { class: ["bar", group.rough && "rough", group.at_least && "at-least"].filter(Boolean).join(" ") });
  made.style[property] = `${Math.min(100, Math.max(1, (100 * group.estimated_time) / max))}%`;
  return made;
}

function drawHours({ type, asked }) {
  const figure = $("by-hour");
  const groups = type?.by_hour ?? [];
  figure.hidden = !groups.length;
  if (!groups.length) return;
  const max = scaleEnd(longest(groups));
  const own = Number(asked.date.slice(11, 13));
  const readout = figure.querySelector(".readout");
  const columns = Array.from({ length: 24 }, (_, hour) => {
    const group = groups.find((candidate) => candidate.hour === hour);
    return element("span", { class: "column" }, group ? bar(group, max, "height") : "");
  });
  const chart = element("div", { class: "hours", role: "slider", tabindex: 0, "aria-label": "Hour of the day", "aria-valuemin": 0, "aria-valuemax": 23 }, ...columns);
  const at = (hour) => {
    columns.forEach((column, i) => column.classList.toggle("on", i === hour));
    const group = groups.find((candidate) => candidate.hour === hour);
    const said = `Reported between ${hourName(hour)} and ${hourName((hour + 1) % 24)}`;
    const usual = group ? groupWords(group) : "no requests";
    readout.replaceChildren(element("b", {}, said), element("span", {}, usual));
    chart.setAttribute("aria-valuenow", hour);
    chart.setAttribute("aria-valuetext", `${said}: ${usual}`);
  };
  slide(chart, 23, at, (px) => at(Math.min(23, Math.max(0, Math.floor((24 * px) / chart.clientWidth)))));
  figure.querySelector(".chart").replaceChildren(
    element("div", { class: "scale", "aria-hidden": "true" }, element("span", {}, short(max)), element("span", {}, short(max / 2)), element("span", {}, "0")),
    chart,
    element("div", { class: "hours-axis", "aria-hidden": "true" }, ...["12 AM", "6 AM", "12 PM", "6 PM"].map((label) => element("span", {}, label))));
  at(own);
  table(figure.querySelector("table"), ["Hour", "Median", "Requests"],
    groups.map((group) => [hourName(group.hour), (group.at_least ? "> " : "") + short(group.estimated_time), count(group.requests)]));
}

function drawRows(figure, groups = [], key, name, own) {
  figure.hidden = !groups.length;
  if (!groups.length) return;
  const max = longest(groups);
  const head = element("thead", { class: "visually-hidden" },
    element("tr", {}, ...[name, "Median", "Requests"].map((label) => element("th", { scope: "col" }, label))));
  const body = element("tbody", {}, ...groups.map((group) =>
    element("tr", { class: group[key] === own ? "own" : undefined },
      element("th", { scope: "row" }, group[key]),
      element("td", { class: "bar-cell" }, element("span", { class: "track" }, bar(group, max, "width")),
        element("span", { class: "value" }, (group.at_least ? "> " : "") + short(group.estimated_time))),
      element("td", { class: "count" }, plural(group.requests, "request")))));
  figure.querySelector("table").replaceChildren(head, body);
}

function table(target, heads, rows) {
  target.replaceChildren(
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map(([first, ...rest]) =>
      element("tr", {}, element("th", { scope: "row" }, first), ...rest.map((cell) => element("td", {}, cell))))));
}

// ---------------------------------------------------------------------------------------------
// The complaint type: a combobox with a list (ARIA Authoring Practices)

const combo = { options: [], active: -1 };

/** How far a token is from the beginning of a word, in edits; a swap of neighbours is one. */
function edits(token, word) {
  let before = [], last = Array.from({ length: word.length + 1 }, (_, i) => i);
  for (let i = 1; i <= token.length; i++) {
    const row = [i];
    for (let j = 1; j <= word.length; j++) {
      const change = token[i - 1] === word[j - 1] ? 0 : 1;
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + change);
      if (i > 1 && j > 1 && token[i - 1] === word[j - 2] && token[i - 2] === word[j - 1]) row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return Math.min(...last);
}

/** What people say, and the city does not. */
const EVERYDAY = {
  pothole: "street condition", rat: "rodent", mouse: "rodent", mice: "rodent", roach: "unsanitary", bedbug: "unsanitary", mold: "unsanitary",
  heating: "heat", radiator: "heat", boiler: "heat", cold: "heat", trash: "collection", garbage: "collection", recycling: "collection", litter: "dirty",
  music: "noise", loud: "noise", party: "noise", neighbor: "noise", neighbour: "noise", bark: "noise", barking: "noise", honking: "noise vehicle",
  hydrant: "water system", flooding: "sewer", streetlight: "street light", driveway: "blocked driveway",
};
const UNSAID = new Set(["a", "an", "and", "in", "is", "my", "no", "of", "on", "the", "too"]);
const meant = (token) => EVERYDAY[token] ?? EVERYDAY[token.replace(/e?s$/, "")] ?? token;

/** The types that have all words of the text, in any order and nearly any spelling; else those with most of them. Best first, then most reported. */
function matching(text) {
  const said = normalised(text).split(" ").filter((token) => token && !UNSAID.has(token));
  const tokens = [...new Set(said.map(meant).join(" ").split(" "))];
  const far = (token, type) => {
    const words = [...type.words, type.words.join("")];
    if (words.some((word) => word.startsWith(token))) return 0;
    if (token.length > 2 && words.at(-1).includes(token)) return 1;
    const allowed = token.length < 4 ? 0 : token.length < 7 ? 1 : 2;
    const least = Math.min(...words.map((word) => edits(token, word)));
    return least <= allowed ? 1 + least : Infinity;
  };
  const found = state.types.map((type) => {
    const scores = tokens.map((token) => far(token, type)).filter((score) => score < Infinity);
    return { type, words: scores.length, score: scores.reduce((sum, score) => sum + score, 0) };
  });
  const most = Math.max(0, ...found.map(({ words }) => words));
  return found
    .filter(({ words }) => words === most && (most > 0 || !text.trim()))
    .sort((a, b) => a.score - b.score || b.type.requests - a.type.requests)
    .map(({ type }) => type);
}

function usually(type) {
  return type.at_least ? `over ${short(type.estimated_time)}` : short(type.estimated_time);
}

function openOptions() {
  const text = $("type").value;
  const chosen = state.types.some((type) => type.name === text);
  combo.options = (chosen ? state.types : matching(text)).slice(0, 50);
  combo.active = -1;
  $("type-options").replaceChildren(...combo.options.map((type, i) =>
    element("li", {
      role: "option", id: `type-option-${i}`, "aria-selected": "false",
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(type.complaint_type),
    },
    element("span", { class: "name" }, type.name), " ", element("span", { class: "usual" }, usually(type)))));
  const open = combo.options.length > 0;
  $("type-options").hidden = !open;
  $("type-options").scrollTop = 0;
  $("type").setAttribute("aria-expanded", String(open));
  $("type").removeAttribute("aria-activedescendant");
  $("type-count").textContent = open ? plural(combo.options.length, "suggestion") : "No suggestions";
}

function closeOptions() {
  $("type-options").hidden = true;
  $("type").setAttribute("aria-expanded", "false");
  $("type").removeAttribute("aria-activedescendant");
  $("type-count").textContent = "";
  combo.active = -1;
}

const isOpen = () => !$("type-options").hidden;

function activate(index) {
  const options = $("type-options").children;
  options[combo.active]?.setAttribute("aria-selected", "false");
  combo.active = (index + options.length) % options.length;
  const active = options[combo.active];
  active.setAttribute("aria-selected", "true");
  active.scrollIntoView({ block: "nearest" });
  $("type").setAttribute("aria-activedescendant", active.id);
}

function setType(text) {
  const known = state.types.find((type) => slug(type.complaint_type) === slug(text));
  $("type").value = known ? known.name : displayName(text);
  combo.entered = true;
}

function choose(type) {
  const changed = slug(type) !== slug($("type").value);
  setType(type);
  if (changed) setDescriptors([]);
  closeOptions();
  ask();
}

function setDescriptors(descriptors, chosen = "") {
  const all = chosen && !descriptors.includes(chosen) ? [chosen, ...descriptors] : descriptors;
  $("descriptor").replaceChildren(
    element("option", { value: "" }, "Any"),
    ...all.map((descriptor) => element("option", { value: descriptor }, descriptor)));
  $("descriptor").value = chosen ?? "";
  $("descriptor-field").hidden = !all.length;
}

$("type").addEventListener("input", () => {
  setDescriptors([]);
  openOptions();
});
$("type").addEventListener("focus", () => (combo.entered = true));
$("type").addEventListener("click", () => {
  if (combo.entered) $("type").select(); // What is typed replaces the last question.
  combo.entered = false;
  if (!isOpen()) openOptions();
});
$("type").addEventListener("blur", closeOptions);
$("type").addEventListener("keydown", (event) => {
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    const closed = !isOpen();
    if (closed) openOptions();
    if (!combo.options.length) return;
    if (event.key === "ArrowDown") {
      if (!(closed && event.altKey)) activate(combo.active + 1);
    } else activate(combo.active < 0 ? combo.options.length - 1 : combo.active - 1);
  } else if (event.key === "Enter" && isOpen() && (combo.active >= 0 || combo.options.length === 1)) {
    event.preventDefault();
    choose(combo.options[Math.max(0, combo.active)].complaint_type);
  } else if (event.key === "Escape") {
    if (isOpen()) closeOptions();
    else $("type").value = "";
  }
});

// ---------------------------------------------------------------------------------------------
// Place

// How the map was drawn: a unit is a thousandth of a degree of latitude, from the north-west corner.
const NORTH = 40.93, WEST = -74.27, UNIT = 0.001, UNIT_LON = 0.0013195;
const toMap = ({ lat, lon }) => [(lon - WEST) / UNIT_LON, (NORTH - lat) / UNIT];
const boroughs = [...document.querySelectorAll("[data-borough]")];

/** The borough of a place; up to a kilometre off the coast counts too. */
function boroughOf(place) {
  const [x, y] = toMap(place);
  for (const off of [0, 5, 10]) {
    for (const [dx, dy] of [[0, 0], [off, 0], [-off, 0], [0, off], [0, -off]]) {
      const found = boroughs.find((path) => path.isPointInFill(new DOMPoint(x + dx, y + dy)));
      if (found) return found.dataset.borough;
    }
  }
  return undefined;
}

/** Shows what the two fields say. */
function showPlace() {
  const number = (id) => Number($(id).value.trim().replace("−", "-").replace(",", ".") || NaN);
  const [lat, lon] = [number("lat"), number("lon")];
  const valid = lat >= 40.4 && lat <= 41 && lon >= -74.4 && lon <= -73.6;
  state.place = valid ? { lat, lon, borough: boroughOf({ lat, lon }) } : null;
  $("place-marker").toggleAttribute("hidden", !valid);
  if (valid) $("place-marker").setAttribute("transform", `translate(${toMap({ lat, lon }).map((n) => n.toFixed(1)).join(" ")})`);
  for (const path of boroughs) path.classList.toggle("on", path.dataset.borough === state.place?.borough);
  $("clear-place").hidden = !$("lat").value && !$("lon").value;
  $("place-words").textContent = valid
    ? `${state.place.borough ?? "Outside the five boroughs"}: ${lat.toFixed(3)}, ${lon.toFixed(3)}`
    : "Tap the map where it is, or leave it open for the whole city.";
}

function setPlace(lat, lon) {
  $("lat").value = lat === undefined ? "" : lat.toFixed(3);
  $("lon").value = lon === undefined ? "" : lon.toFixed(3);
  showPlace();
  askSoon();
}

$("place-map").addEventListener("click", (event) => {
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform($("place-map").getScreenCTM().inverse());
  const place = { lat: NORTH - at.y * UNIT, lon: WEST + at.x * UNIT_LON };
  if (boroughOf(place)) setPlace(place.lat, place.lon);
  else $("place-words").textContent = "That is outside the five boroughs.";
});
for (const path of boroughs) {
  path.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    setPlace(Number(path.dataset.lat), Number(path.dataset.lon));
  });
}
for (const id of ["lat", "lon"]) {
  $(id).addEventListener("input", () => {
    showPlace();
    askSoon();
  });
}
$("clear-place").addEventListener("click", () => {
  setPlace();
  $("use-location").focus();
});
$("use-location").addEventListener("click", () => {
  const say = (text) => ($("place-words").textContent = text);
  if (!navigator.geolocation) {
    say("This browser does not tell locations. Choose a place on the map instead.");
    return;
  }
  say("Asking your device …");
  navigator.geolocation.getCurrentPosition(
    ({ coords: { latitude: lat, longitude: lon } }) => {
      if (boroughOf({ lat, lon })) setPlace(lat, lon);
      else say("You seem to be outside New York City. Choose a place on the map instead.");
    },
    ({ code }) => say(code === 1
      ? "Your location was not shared, which is fine. Choose a place on the map instead."
      : "Your device could not tell where you are. Choose a place on the map instead."),
    { timeout: 10000, maximumAge: 0 });
});

// ---------------------------------------------------------------------------------------------
// Time

function showNow() {
  if (!state.whenSet) {
    const waited = Number($("open-for").value.replace(",", ".")) || 0;
    const hours = Math.min(waited, 87600) * ($("open-for-unit").value === "days" ? DAY : 1);
    $("when").value = wallClock(new Date(Date.now() - Math.max(0, hours) * 3600e3));
  }
}

function showMore() {
  const waited = Number($("open-for").value.replace(",", "."));
  $("more-words").textContent = [
    $("descriptor").value,
    state.place ? (state.place.borough ?? "your place") : "anywhere",
    state.whenSet && $("when").value
      ? `reported ${wallClockWords($("when").value)}`
      : waited > 0 ? `reported ${plural(waited, $("open-for-unit").value.slice(0, -1))} ago` : "reported now",
  ].filter(Boolean).join(", ");
}

$("when").addEventListener("input", () => {
  state.whenSet = true;
  askSoon();
});
$("now").addEventListener("click", () => {
  state.whenSet = false;
  showNow();
  askSoon();
});
for (const id of ["open-for", "open-for-unit", "descriptor"]) {
  $(id).addEventListener("input", () => {
    showNow();
    askSoon();
  });
}
setInterval(showNow, 30000);

// ---------------------------------------------------------------------------------------------
// All types, what is reported most

const rows = { key: "requests", descending: true, all: false };
const FIRST_ROWS = 15;

function showPopular() {
  $("popular-list").replaceChildren(...state.types.slice(0, 6).map((type) =>
    element("li", {}, element("button", { type: "button", onclick: () => choose(type.complaint_type) },
      element("span", { class: "name" }, type.name), " ", element("span", { class: "usual" }, usually(type))))));
}

const rangeWords = ({ range: { p10, p90, p10_at_least: none, p90_at_least: atLeast } }) =>
  none ? "unknown" : [...new Set([short(p10), short(p90)])].join(" – ") + (atLeast ? " or more" : "");

/** May be broken after a slash, as in “Construction/Plumbing”. */
const breakable = (name) => name.split(/(?<=\/)/).flatMap((part, i) => (i ? [element("wbr"), part] : [part]));

function showAll() {
  $("all").hidden = !state.types.length;
  $("all-judged").hidden = !state.judged;
  document.querySelector("#all-types [data-key=within]").hidden = !state.judged;
  const value = { p90: (type) => type.range.p90, within: (type) => type.within ?? -1, complaint_type: (type) => type.name.toLowerCase() }[rows.key] ?? ((type) => type[rows.key]);
  const sorted = [...state.types].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return ((x > y) - (x < y)) * (rows.descending ? -1 : 1) || b.requests - a.requests;
  });
  const filter = $("all-filter").value;
  const found = new Set(filter.trim() ? matching(filter) : sorted.filter((type) => $("all-few").checked || type.requests >= FEW));
  const limit = rows.all || filter.trim() ? Infinity : FIRST_ROWS;
  let shown = 0;
  $("all-types").tBodies[0].replaceChildren(...sorted.map((type) => {
    const visible = found.has(type) && shown < limit;
    shown += visible;
    return element("tr", { hidden: !visible, class: type.rough ? "rough" : undefined },
      element("th", { scope: "row" },
        element("button", { type: "button", onclick: () => { choose(type.complaint_type); $("question").scrollIntoView(); } }, ...breakable(type.name)),
        element("small", { class: "narrow" }, `Most: ${rangeWords(type)}`, type.within !== undefined && element("span", {}, `; ${inHundred(type.within)} in range`))),
      element("td", {}, usually(type)),
      element("td", { class: "wide" }, rangeWords(type)),
      state.judged && element("td", { class: "wide" }, type.within === undefined ? "" : inHundred(type.within)),
      element("td", {}, count(type.requests)));
  }));
  $("all-count").textContent = found.size ? `${count(shown)} of ${plural(found.size, "type")}` : "No type is called so.";
  $("all-more").hidden = shown >= found.size;
  $("all-more").textContent = `Show all ${count(found.size)}`;
  for (const head of $("all-types").tHead.rows[0].cells) {
    if (head.dataset.key === rows.key) head.setAttribute("aria-sort", rows.descending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

for (const head of $("all-types").tHead.rows[0].cells) {
  head.querySelector("button").addEventListener("click", () => {
    const { key } = head.dataset;
    rows.descending = rows.key === key ? !rows.descending : key !== "complaint_type";
    rows.key = key;
    showAll();
  });
}
$("all-filter").addEventListener("input", showAll);
$("all-few").addEventListener("change", showAll);
$("all-more").addEventListener("click", () => {
  rows.all = true;
  showAll();
});

// ---------------------------------------------------------------------------------------------
// The record

const inHundred = (share) => `${Math.round(share * 100)} in 100`;

/** The record in short; all of it is larger than the page, so only those ask for it who come near. */
function showRecord(record) {
  $("record").hidden = !record?.requests;
  if ($("record").hidden) return;
  const { from, to, requests, within, above, below } = record;
  const days = Math.round((Date.parse(to) - Date.parse(from)) / (DAY * 3600e3)) + 1;
  const last = dayOf(new Date(`${to}T12:00:00Z`));
  const when = days === RECORD_DAYS ? `the four weeks up to ${last}` : days > 1 ? `the ${days} days up to ${last}` : last;
  const share = within / requests;
  $("record-words").textContent = [
    days < FEW_DAYS && `This rests on little: we know of only ${plural(days, "day")} so far.`,
    share < BAD_SHARE && "Our ranges have been wrong too often: 80 in 100 should be within.",
    `Of ${plural(requests, "request")} of ${when}, ${inHundred(share)} were closed within the range that we gave.`,
    `${inHundred(above / requests)} took longer, ${inHundred(below / requests)} less.`,
  ].filter(Boolean).join(" ");
  new IntersectionObserver((seen, observer) => {
    if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
    observer.disconnect();
    get("record").then(drawRecord, () => {});
  }, { rootMargin: "50%" }).observe($("record"));
}

function drawRecord({ total, complaint_types: types }) {
  const levels = total.served?.closed_by ?? [];
  $("kept").hidden = !levels.length;
  table($("kept").querySelector("table"), ["Promised", "Kept"], levels.map(({ promised, kept }) => {
    const line = element("i", { class: "promised" });
    line.style.left = `${100 * promised}%`;
    return [inHundred(promised), element("span", { class: "kept" },
      element("span", { class: "track", "aria-hidden": "true" }, bar({ estimated_time: kept }, 1, "width"), line),
      element("span", { class: "value" }, inHundred(kept)))];
  }));
  const judged = new Map(types.filter(({ served }) => served?.requests >= FEW_JUDGED)
    .map(({ complaint_type: name, served }) => [name, served.within / served.requests]));
  for (const type of state.types) type.within = judged.get(type.complaint_type);
  state.judged = true;
  showAll();
}

// ---------------------------------------------------------------------------------------------
// The footer

function showStatus(status) {
  showRecord(status.record);
  const { window: days, requests, model } = status;
  const day = (text) => dayOf(new Date(`${text}T12:00:00Z`));
  const said = [`The estimates rest on ${count(requests)} requests of ${days.days_with_data ? plural(days.days_with_data, "day") : "days"} from ${day(days.from)} to ${day(days.to)}; they are as of ${ageWords(status.as_of)} ago.`];
  if (model) {
    const estimators = model.backtest?.estimators ?? [];
    state.covered = new Set(estimators.filter(({ coverage }) => coverage >= 0.75 && coverage <= 0.85).map(({ estimator }) => estimator));
    const judged = estimators.find(({ estimator }) => /place, time$/.test(estimator));
    said.push(`Place and time come from the model ${model.version}.`);
    if (judged) {
      said.push(`In a backtest on ${count(model.backtest.tested)} requests that it had not seen, ${percent(judged.coverage)} of the closed ones fell into the range that is meant to hold 8 in 10.`);
    }
  }
  $("status-words").textContent = said.join(" ");
}

// ---------------------------------------------------------------------------------------------
// Sharing, and everything else that is pressed

$("share").addEventListener("click", async () => {
  const url = $("share-link").href;
  const done = (text) => ($("shared").textContent = text);
  try {
    if (navigator.share && matchMedia("(pointer: coarse)").matches) {
      await navigator.share({ title: document.title, url });
    } else {
      await navigator.clipboard.writeText(url);
      done("Link copied");
    }
  } catch (error) {
    if (error.name !== "AbortError") done("Copy the link beside this.");
  }
});

$("question").addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
$("retry").addEventListener("click", tryAgain);
$("skip").addEventListener("click", (event) => {
  event.preventDefault();
  $("result").focus();
});
addEventListener("online", () => document.body.dataset.state === "offline" && tryAgain());
addEventListener("popstate", () => {
  if (location.hash !== state.asked && fromLink()) ask({ push: false });
});
let drawn = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === drawn || !state.answer) return;
  drawn = innerWidth;
  drawCurve(state.answer);
});

$("more").open = matchMedia("(min-width: 60rem)").matches;
showNow();
load();
