// The comparison of two pictures: the divide, and which picture is on which side.

function listenToPictures(figure) {
  const stage = one(".stage", figure);
  one("input", stage).addEventListener("input", (event) => {
    stage.style.setProperty("--cut", event.target.value + "%");
  });
  const uris = all("[data-side=left] option", figure).map((option) => option.dataset.uri);
  for (const pick of all(".pick", figure)) {
    pick.addEventListener("input", () => {
      const image = one("." + pick.dataset.side, stage);
      image.src = uris[pick.selectedIndex];
      image.alt = pick.selectedOptions[0].textContent;
    });
  }
}
