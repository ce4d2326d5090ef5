// Buttons that copy what stands beside them, and say so. Without script it is selected and copied by hand.
for (const button of document.querySelectorAll("button[data-copies]")) {
  const said = document.getElementById("said");
  const source = document.getElementById(button.dataset.copies);
  if (!navigator.clipboard || !source || !said) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent);
      said.textContent = button.dataset.copied;
    } catch {
      said.textContent = button.dataset.failed;
    }
  });
}
