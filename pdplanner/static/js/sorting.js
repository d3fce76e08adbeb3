// The sorting desk by one key at a time, on top of a form that works without any of this.
// Keys work while the focus is in the list, and not at all once they are switched off.

const list = document.querySelector("[data-sorting]");
const slips = [...(list?.querySelectorAll("[data-ticket]") ?? [])];
const KEPT_AS = "pdplanner.sorting.keys";

const answersOf = (slip) => [...slip.querySelectorAll('input[type="radio"]')];
const skillOf = (slip) => slip.querySelector("[data-skill]");
const isDone = (slip) => answersOf(slip).some((one) => one.checked && one.value) || skillOf(slip).value.trim() !== "";
const here = () => slips.findIndex((slip) => slip.contains(document.activeElement));

function count() {
  list.querySelector("[data-done]").textContent = `${slips.filter(isDone).length} of ${slips.length}`;
}

// Focus a slip; from the last one, the button that saves.
function show(place) {
  const next = slips[place] ?? (place < 0 ? slips[0] : list.querySelector('button[type="submit"]'));
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
}

// Press the answer of this key and go on; false when the slip has none.
function answer(key) {
  const place = here();
  const pressed = slips[place] && answersOf(slips[place]).find((one) => one.dataset.key === key);
  if (!pressed) return false;
  pressed.checked = true;
  skillOf(slips[place]).value = "";
  count();
  show(place + 1);
  return true;
}

function type() {
  const slip = slips[here()];
  if (!slip) return false;
  skillOf(slip).focus();
  return true;
}

const KEYS = {
  1: () => answer("1"),
  2: () => answer("2"),
  3: () => answer("3"),
  n: () => answer("n"),
  s: type,
  "/": type,
  j: () => (show(here() + 1), true),
  k: () => (show(here() - 1), true),
};

// In a field, Enter goes on to the next slip: the form is saved from outside fields only.
function inField(event, slip) {
  if (event.target.matches("[data-skill]") && event.key === "Enter") {
    event.preventDefault();
    show(slips.indexOf(slip) + 1);
  } else if (event.target.matches("[data-skill]") && event.key === "Escape") {
    slip.focus();
  }
}

function press(event) {
  const slip = slips[here()];
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !slip) return;
  if (event.target.matches("[data-skill], select")) return inField(event, slip);
  if (!list.querySelector("[data-keys-switch]").checked) return;
  if (event.key === "Enter" && !event.target.matches("a, button")) {
    event.preventDefault();
    list.requestSubmit();
  } else if (event.target === slip && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    show(here() + (event.key === "ArrowDown" ? 1 : -1));
  } else if (KEYS[event.key]?.()) {
    event.preventDefault();
  }
}

function start() {
  const keys = list.querySelector("[data-keys-switch]");
  const legend = list.querySelector("[data-keys-legend]");
  const turn = () => {
    legend.hidden = !keys.checked;
    list.classList.toggle("with-keys", keys.checked);
  };
  try {
    keys.checked = localStorage.getItem(KEPT_AS) !== "off";
  } catch {
    // Storage is shut: the switch holds for this page.
  }
  keys.addEventListener("change", () => {
    turn();
    try {
      localStorage.setItem(KEPT_AS, keys.checked ? "on" : "off");
    } catch {
      // As above.
    }
  });
  turn();
  list.querySelector("[data-keys]").hidden = false;
  list.addEventListener("keydown", press);
  list.addEventListener("change", count);
  // A typed skill is an answer of its own: the buttons step back.
  list.addEventListener("input", (event) => {
    if (!event.target.matches("[data-skill]")) return;
    const later = answersOf(event.target.closest("[data-ticket]")).find((one) => one.dataset.key === "later");
    later.checked = true;
    count();
  });
  count();
  // Whoever comes to sort, or comes back from saving, can begin at once: when the page has loaded,
  // for the browser's own way to the fragment takes the focus away.
  if (location.hash === "#tickets") {
    if (document.readyState === "complete") show(0);
    else window.addEventListener("load", () => setTimeout(show, 0, 0));
  }
}

if (slips.length) start();
