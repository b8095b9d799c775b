// SPDX-License-Identifier: Apache-2.0
// The picture answers: choose a thing to read all about it, go about with the arrow keys, zoom.
// Whatever is told here stands in the page's table already; nothing is asked for.

const STEP = 1.25;

/** @param {ParentNode} root */
export function attachPicture(root) {
  for (const canvas of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(".canvas"))) {
    canvas.addEventListener("click", (event) => {
      const part = /** @type {Element} */ (event.target).closest("[data-key]");
      if (!part || event.ctrlKey || event.metaKey) return;
      if (!document.getElementById("about")) return;
      event.preventDefault();
      choose(part);
    });
    canvas.addEventListener("keydown", (event) => move(canvas, event));
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-zoom]"))) {
    button.addEventListener("click", () => zoom(button));
  }
}

/** @param {HTMLElement} button */
function zoom(button) {
  const svg = /** @type {SVGSVGElement | null} */ (
    button.closest(".picture")?.querySelector("svg.topology")
  );
  if (!svg) return;
  if (button.dataset.zoom === "fit") {
    svg.classList.remove("sized");
    svg.style.width = "";
    return;
  }
  const factor = button.dataset.zoom === "in" ? STEP : 1 / STEP;
  const width = svg.getBoundingClientRect().width * factor;
  svg.classList.add("sized");
  svg.style.width = `${Math.round(width)}px`;
}

/**
 * Go to the nearest thing in the direction of an arrow key.
 * @param {HTMLElement} canvas @param {KeyboardEvent} event
 */
function move(canvas, event) {
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const direction = directions[/** @type {keyof typeof directions} */ (event.key)];
  const nodes = /** @type {SVGAElement[]} */ ([...canvas.querySelectorAll("svg.topology > a")]);
  if (event.key === "Escape") return close();
  if (!direction || !nodes.length) return;
  event.preventDefault();
  const current = nodes.find((node) => node === document.activeElement);
  if (!current) return nodes[0].focus();
  const from = middle(current);
  let best = null;
  let least = Infinity;
  for (const node of nodes) {
    const to = middle(node);
    const along = (to.x - from.x) * direction[0] + (to.y - from.y) * direction[1];
    const aside = Math.abs((to.x - from.x) * direction[1]) + Math.abs((to.y - from.y) * direction[0]);
    const cost = along + 2 * aside;
    if (node !== current && along > 1 && cost < least) [best, least] = [node, cost];
  }
  best?.focus();
}

/** @param {Element} node */
function middle(node) {
  // A bar is as long as the picture is wide, so its name is where it is.
  const box = (node.querySelector(".face") ?? node.querySelector("text") ?? node).getBoundingClientRect();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** Show all that is known of a thing beside the picture. @param {Element} part */
function choose(part) {
  const about = document.getElementById("about");
  if (!about) return;
  close();
  part.classList.add("chosen");
  const keys = (part.getAttribute("data-key") ?? "").split(" ");
  const within = [...part.querySelectorAll("[data-key]")].map((one) => one.getAttribute("data-key") ?? "");
  const rows = [...new Set([...keys, ...within.join(" ").split(" ")])].flatMap((key) => rowOf(key) ?? []);
  const words = part.querySelector(":scope > title")?.textContent ?? "";
  const [first, ...others] = words.split("\n");
  const heading = element("h2", first);
  heading.tabIndex = -1;
  const button = element("button", "Close");
  button.className = "quiet close";
  button.addEventListener("click", () => {
    close();
    /** @type {HTMLElement} */ (part).focus?.();
  });
  about.replaceChildren(button, heading);
  if (others.length) {
    const rest = element("p", others.join("\n"));
    rest.className = "words";
    about.append(rest);
  }
  for (const row of rows) about.append(listOf(row));
  about.hidden = false;
}

/** @param {string} key @returns {HTMLTableRowElement | undefined} */
function rowOf(key) {
  const rows = /** @type {NodeListOf<HTMLTableRowElement>} */ (
    document.querySelectorAll("tr[data-address]")
  );
  const row = [...rows].find((each) => each.dataset.address === key);
  row?.classList.add("chosen");
  return row;
}

/** @param {HTMLTableRowElement} row */
function listOf(row) {
  const names = [...(row.closest("table")?.querySelectorAll("thead th") ?? [])];
  const list = document.createElement("dl");
  [...row.cells].forEach((cell, number) => {
    if (!cell.textContent?.trim()) return;
    const told = document.createElement("dd");
    told.append(...[...cell.cloneNode(true).childNodes]);
    list.append(element("dt", names[number]?.textContent ?? ""), told);
  });
  return list;
}

export function close() {
  for (const chosen of document.querySelectorAll(".chosen")) chosen.classList.remove("chosen");
  const about = document.getElementById("about");
  if (about) about.hidden = true;
}

/** @param {string} name @param {string} text */
function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
