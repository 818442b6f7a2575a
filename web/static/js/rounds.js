// Keeps the page of a run up to date; without it the page loads itself again every two seconds.
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
      box.innerHTML = run.html; // escaped by the template that made it
      // Read aloud only when it changes: the seconds beside it change all the time.
      const said = box.querySelector(".run-state").textContent;
      if (status.textContent !== said) status.textContent = said;
      if (!run.active) {
        location.reload(); // the page itself knows where to go on
        return;
      }
    } else {
      wait = 5 * EVERY;
    }
  } catch {
    wait = 5 * EVERY; // the connection is gone for a while
  }
  setTimeout(look, wait);
}

if (box) setTimeout(look, EVERY);
