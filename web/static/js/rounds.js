// Keeps the page of a run up to date; without it the page loads itself again every two seconds.
// A page with other things on it has a part that is renewed alone at the end, and a link instead.
const box = document.querySelector("[data-progress]");
const status = document.querySelector("[data-said]");
const EVERY = 1000;

async function look() {
  let wait = EVERY;
  try {
    const answer = await fetch(box.dataset.progress, { headers: { Accept: "application/json" } });
    if (answer.redirected || answer.status === 401) {
      location.reload(); // signed out meanwhile
      return;
    }
    if (answer.ok) {
      const run = await answer.json();
      if (!run.active) {
        await end();
        return;
      }
      box.innerHTML = run.html; // escaped by the template that made it
      // Read aloud only when it changes: the seconds beside it change all the time.
      const said = box.querySelector(".run-state").textContent;
      if (status && status.textContent !== said) status.textContent = said;
    } else {
      wait = 5 * EVERY;
    }
  } catch {
    wait = 5 * EVERY; // the connection is gone for a while
  }
  setTimeout(look, wait);
}

async function end() {
  const part = box.closest("[data-renewed]");
  if (!part) {
    location.reload(); // the page itself knows where to go on
    return;
  }
  const answer = await fetch(location.href);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const now = page.querySelector("[data-renewed]");
  if (now && now.dataset.renewed === part.dataset.renewed) part.replaceWith(now);
  else location.reload(); // there is another plan by now
}

if (box) setTimeout(look, EVERY);
