// Puts a text on the clipboard; where that is not allowed the text is selected, ready to be copied by hand.
for (const button of document.querySelectorAll("[data-copies]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copies);
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      button.textContent = button.dataset.said;
    } catch {
      text.focus();
    }
  });
}
