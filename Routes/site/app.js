// A single-page app without a framework: an address leads to a view, a view asks the API beside it and draws what it says.
// The API answers under /api; every other address is this page, which finds out here what it is about.

const content = document.querySelector("#content");
const announcement = document.querySelector("#announcement");

/** What the API says instead of an answer. */
class APIError extends Error {
  constructor(status, message, requestID) {
    super(message);
    this.status = status;
    this.requestID = requestID;
  }
}

/** Asks the API for JSON. What is anything else, a page of HTML above all, is an error, however well it is meant. */
async function ask(path, signal) {
  let response;
  try {
    response = await fetch("/api" + path, { headers: { Accept: "application/json" }, signal });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new APIError(0, "The API cannot be reached.", null);
  }
  const requestID = response.headers.get("x-amzn-requestid");
  const isJSON = (response.headers.get("content-type") ?? "").includes("json");
  const body = isJSON ? await response.json().catch(() => null) : null;
  if (!response.ok) throw new APIError(response.status, body?.message ?? response.statusText, requestID);
  if (body === null) throw new APIError(response.status, "The API's answer is not JSON.", requestID);
  return body;
}

/** An element: text becomes text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// Views: each gives a title and the elements of its page.

async function posts(_, signal) {
  const all = await ask("/posts", signal);
  const items = all.map((post) =>
    element("li", {},
      element("a", { class: "card", href: `/posts/${post.id}` },
        element("strong", {}, post.title), element("span", {}, firstSentence(post.body)))));
  return { title: "Notes", elements: [heading("Notes"), element("ul", { class: "list" }, ...items)] };
}

async function post([id], signal) {
  // The comments come through the old contract, which the gateway maps to the new service.
  const [note, comments] = await Promise.all([
    ask(`/posts/${id}`, signal), ask(`/get_comments_by_post_id?post_id=${id}`, signal),
  ]);
  const items = comments.map((comment) =>
    element("li", { class: "card" },
      element("strong", {}, comment.name), element("div", { class: "by" }, comment.user.email),
      element("p", {}, comment.text)));
  return {
    title: note.title,
    elements: [
      heading(note.title), element("p", { class: "lead" }, note.body),
      element("h2", {}, `${comments.length} ${comments.length === 1 ? "comment" : "comments"}`),
      element("ul", { class: "list" }, ...items), element("p", {}, element("a", { href: "/" }, "All notes")),
    ],
  };
}

async function nothing() {
  return {
    title: "No such page",
    elements: [
      heading("No such page"), element("p", {}, "There is nothing at this address."),
      element("p", {}, element("a", { href: "/" }, "All notes")),
    ],
  };
}

const routes = [[/^\/$/, posts], [/^\/posts\/(\w+)$/, post], [/^/, nothing]];

const heading = (text) => element("h1", { tabindex: "-1" }, text);
const firstSentence = (text) => text.match(/^.*?[.!?](?=\s|$)/s)?.[0] ?? text;

function failure(error) {
  const isAPI = error instanceof APIError;
  const retry = element("button", { type: "button" }, "Try again");
  retry.addEventListener("click", () => show());
  const box = element("div", { class: "failure", role: "alert" },
    element("h1", { tabindex: "-1" }, isAPI && error.status ? `The API answered ${error.status}` : "Something went wrong"),
    element("p", {}, error.message), retry);
  if (isAPI && error.requestID) box.append(element("code", {}, `request ${error.requestID}`));
  return { title: "Error", elements: [box, element("p", {}, element("a", { href: "/" }, "All notes"))] };
}

// The way from an address to a page.

let running = new AbortController();

async function show({ isFirst = false } = {}) {
  running.abort();
  const mine = (running = new AbortController());
  const [match, view] = routes
    .map(([pattern, view]) => [location.pathname.match(pattern), view])
    .find(([match]) => match);
  content.setAttribute("aria-busy", "true");
  const waiting = setTimeout(() => content.replaceChildren(element("p", { class: "notice" }, "Loading …")), 200);
  let page;
  try {
    page = await view(match.slice(1), mine.signal);
  } catch (error) {
    if (mine.signal.aborted) return;
    page = failure(error);
  } finally {
    clearTimeout(waiting);
  }
  if (mine.signal.aborted) return;
  document.title = `${page.title} – The Lock Keeper`;
  content.replaceChildren(...page.elements);
  content.removeAttribute("aria-busy");
  announcement.textContent = page.title;
  // A reader that follows a link is taken to what it led to, as by a browser's own navigation.
  if (!isFirst) content.querySelector("h1")?.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.origin !== location.origin || link.hash) return;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.href !== location.href) history.pushState(null, "", link.href);
  scrollTo(0, 0);
  show();
});
addEventListener("popstate", () => show());

show({ isFirst: true });
