// Where the picture lies in its video: bars stand beside it where the two have other shapes, and nothing is in them.

/** Left, top, width and height in the video's own box, in CSS pixels; no width before the film is known. */
export function pictureIn(video) {
  const { videoWidth, videoHeight, clientWidth, clientHeight } = video;
  const scale = Math.min(clientWidth / videoWidth, clientHeight / videoHeight) || 0;
  const [width, height] = [videoWidth * scale, videoHeight * scale];
  return { left: (clientWidth - width) / 2, top: (clientHeight - height) / 2, width, height };
}

/** Lays a canvas over the picture, as dense as the screen is; says whether there is a picture yet. */
export function layOver(canvas, video) {
  const picture = pictureIn(video);
  if (!picture.width) return false;
  const dense = window.devicePixelRatio || 1;
  canvas.width = Math.round(picture.width * dense);
  canvas.height = Math.round(picture.height * dense);
  for (const side of ["left", "top", "width", "height"]) canvas.style[side] = `${picture[side]}px`;
  return true;
}
