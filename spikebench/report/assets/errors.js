// Error maps: how far the pixels of a crop are from those of another, on one scale for all.
"use strict";

const STOPS = [[0, 0, 4], [59, 15, 112], [140, 41, 129], [222, 73, 104], [254, 159, 109], [252, 253, 191]];
const SCALE = Number(document.querySelector(".legend")?.dataset.scale); // grey levels at which an error is brightest

const uri = (crop) => "data:image/webp;base64," + crop;

// Draw the error of a crop on a canvas; give its mean in words.
async function errorMap(canvas, truth, crop) {
  const [wanted, found] = await Promise.all([pixels(truth), pixels(crop)]);
  canvas.width = wanted.width;
  canvas.height = wanted.height;
  const context = canvas.getContext("2d");
  const map = context.createImageData(wanted.width, wanted.height);
  let sum = 0;
  for (let at = 0; at < map.data.length; at += 4) {
    let error = 0;
    for (let channel = 0; channel < 3; channel += 1) error += Math.abs(wanted.data[at + channel] - found.data[at + channel]) / 3;
    sum += error;
    map.data.set([...colour(error / SCALE), 255], at);
  }
  context.putImageData(map, 0, 0);
  return `mean ${(sum / (map.data.length / 4)).toFixed(1)}`;
}

async function pixels(crop) {
  const image = new Image();
  image.src = uri(crop);
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth;
  canvas.height = image.naturalHeight;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

// Between the stops of the scale, 0 to 1; what is more is shown as 1.
function colour(share) {
  const place = Math.min(share, 1) * (STOPS.length - 1);
  const low = Math.min(Math.floor(place), STOPS.length - 2);
  return STOPS[low].map((value, channel) => value + (STOPS[low + 1][channel] - value) * (place - low));
}

function paintLegend() {
  document.querySelector(".legend i").style.background = `linear-gradient(to right, ${STOPS.map((stop) => `rgb(${stop})`)})`;
}
