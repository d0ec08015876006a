// The bar of a span and the scale above it, in characters; half a character is the finest step.

/** A bar from `start` to `end`, both shares of the whole (0 to 1), in `columns` characters. Never invisible. */
export function drawBar(start: number, end: number, columns: number): string {
  const halves = columns * 2
  const first = Math.min(halves - 1, Math.max(0, Math.floor(start * halves)))
  const last = Math.min(halves, Math.max(first + 1, Math.ceil(end * halves)))
  let bar = ''
  for (let cell = 0; cell * 2 < last; cell++) {
    const left = cell * 2 >= first && cell * 2 < last
    const right = cell * 2 + 1 >= first && cell * 2 + 1 < last
    bar += left && right ? '█' : left ? '▌' : right ? '▐' : ' '
  }
  return bar
}

/** Labels at the left end, the middle and the right end, as far as there is room for them. */
export function drawScale(left: string, middle: string, right: string, columns: number): string {
  const cells: string[] = Array(columns).fill(' ')
  const put = (text: string, at: number) => {
    for (const [index, character] of [...text].entries()) cells[at + index] = character
  }
  const rightAt = columns - right.length
  const middleAt = Math.round(columns / 2 - middle.length / 2)
  if (rightAt > left.length) put(right, rightAt)
  if (middleAt > left.length + 1 && middleAt + middle.length < rightAt - 1) put(middle, middleAt)
  put(left, 0)
  return cells.join('').slice(0, columns)
}
