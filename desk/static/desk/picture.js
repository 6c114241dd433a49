// Shows the chosen picture below its field, to draw boxes on. The boxes end up in the fields for numbers, which are
// all that is sent: without this script the numbers can be typed.
"use strict";
for (const input of document.querySelectorAll("input.picture-input")) {
  const form = input.form;
  const fields = { black: form.elements.black_boxes, cut: form.elements.cut_out, view: form.elements.keep_in_view };
  if (!fields.black) continue;
  const stored = form.querySelector("img.thumbnail");
  const make = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
  const panel = make("div", { className: "retouch", hidden: true });
  const canvas = make("canvas", { className: "retouch-canvas" });
  const tools = make("p", { className: "retouch-tools" });
  const open = make("button", { type: "button", textContent: input.dataset.edit, hidden: !stored });
  const undo = make("button", { type: "button", textContent: input.dataset.undo });
  let picture = null;
  let tool = "black";
  let from = null;
  let draft = null;
  let chosen = Boolean(stored);
  const turn = [];

  for (const name of ["black", "cut", "view"]) {
    const label = make("label");
    const choice = make("input", { type: "radio", name: `${input.id}-tool`, checked: name === tool });
    choice.onchange = () => { tool = name; };
    label.append(choice, ` ${input.dataset[name]} `);
    tools.append(label);
  }
  tools.append(undo);
  panel.append(make("p", { className: "help", textContent: input.dataset.hint }), tools, canvas);
  input.after(open, panel);

  const boxes = (field) => field.value.split("\n").map((line) => (line.match(/\d+(?:\.\d+)?/g) ?? []).map(Number))
    .filter((box) => box.length === 4);
  const written = (list) => list.map((box) => box.map((part) => part.toFixed(1)).join(" ")).join("\n");

  const draw = () => {
    if (!picture) return;
    const pen = canvas.getContext("2d");
    const place = ([left, top, right, bottom]) => [
      left / 100 * canvas.width, top / 100 * canvas.height,
      (right - left) / 100 * canvas.width, (bottom - top) / 100 * canvas.height,
    ];
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    pen.fillStyle = "#000";
    for (const box of [...boxes(fields.black), ...(draft && tool === "black" ? [draft] : [])]) pen.fillRect(...place(box));
    const [cut] = draft && tool === "cut" ? [draft] : boxes(fields.cut);
    if (cut) {
      const [x, y, wide, high] = place(cut);
      pen.fillStyle = "rgba(255, 255, 255, .65)";
      pen.beginPath();
      pen.rect(0, 0, canvas.width, canvas.height);
      pen.rect(x, y, wide, high);
      pen.fill("evenodd");
      Object.assign(pen, { strokeStyle: "#000", lineWidth: 2 }).strokeRect(x, y, wide, high);
    }
    const [across, down] = (fields.view.value.match(/\d+(?:\.\d+)?/g) ?? []).map(Number);
    if (down === undefined) return;
    for (const [width, colour] of [[7, "#fff"], [3, "#000"]]) {
      pen.beginPath();
      pen.arc(across / 100 * canvas.width, down / 100 * canvas.height, 12, 0, 7);
      Object.assign(pen, { strokeStyle: colour, lineWidth: width }).stroke();
    }
  };

  const show = async (source) => {
    picture = await createImageBitmap(source);
    const scale = Math.min(1, 720 / picture.width);
    Object.assign(canvas, { width: picture.width * scale, height: picture.height * scale });
    panel.hidden = false;
    draw();
  };

  const point = (event) => {
    const frame = canvas.getBoundingClientRect();
    const within = (part) => Math.min(100, Math.max(0, part * 100));
    return [within((event.clientX - frame.left) / frame.width), within((event.clientY - frame.top) / frame.height)];
  };
  canvas.onpointerdown = (event) => {
    if (tool === "view") {
      turn.push([tool, fields.view.value]);
      fields.view.value = point(event).map((part) => part.toFixed(1)).join(" ");
      draw();
      return;
    }
    from = point(event);
    canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointermove = (event) => {
    if (!from) return;
    const [x, y] = point(event);
    draft = [Math.min(from[0], x), Math.min(from[1], y), Math.max(from[0], x), Math.max(from[1], y)];
    draw();
  };
  canvas.onpointerup = () => {
    if (draft && draft[2] - draft[0] > 0.5 && draft[3] - draft[1] > 0.5) {
      turn.push([tool, fields[tool].value]);
      fields[tool].value = written(tool === "cut" ? [draft] : [...boxes(fields.black), draft]);
    }
    from = draft = null;
    draw();
  };
  undo.onclick = () => {
    const [name, before] = turn.pop() ?? [];
    if (name) fields[name].value = before;
    draw();
  };
  for (const field of Object.values(fields)) field.addEventListener("input", draw);
  input.addEventListener("change", () => {
    // Boxes of another picture; but after a mistake elsewhere on the form the same one is chosen once more.
    if (chosen) for (const field of Object.values(fields)) field.value = "";
    chosen = true;
    turn.length = 0;
    if (input.files[0]) show(input.files[0]).catch(() => { panel.hidden = true; });
    else panel.hidden = true;
  });
  open.onclick = () => { open.hidden = true; show(stored); };
}
