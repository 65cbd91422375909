// Copy what stands in the element that a button names.
"use strict";

document.documentElement.classList.remove("no-script");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(source); // for the reader's own Ctrl+C
      button.textContent = "Selected";
    }
  });
}
