// SVG elements as short functions, so that a drawing reads like a list of what is on it. The canvas is 400 by 400.

/** A rectangle whose corners have radius `r`. */
export function rect(x: number, y: number, width: number, height: number, fill: string, r = 0): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}"${r ? ` rx="${r}"` : ''} fill="${fill}"/>`
}

export function circle(cx: number, cy: number, r: number, fill: string): string {
  return `<circle cx="${cx}" cy="${cy}" r="${r}" fill="${fill}"/>`
}

export function ellipse(cx: number, cy: number, rx: number, ry: number, fill: string): string {
  return `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}"/>`
}

/** A filled path; `d` as in SVG. */
export function path(d: string, fill: string): string {
  return `<path d="${d}" fill="${fill}"/>`
}

/** A line along a path, with round ends. */
export function stroke(d: string, colour: string, width: number): string {
  return `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`
}

/** A ring: a circle that is a line. */
export function ring(cx: number, cy: number, r: number, colour: string, width: number): string {
  return `<circle cx="${cx}" cy="${cy}" r="${r}" fill="none" stroke="${colour}" stroke-width="${width}"/>`
}

/** The shapes turned by `degrees` around the canvas's centre or the given point. */
export function turned(degrees: number, shapes: string[], cx = 200, cy = 200): string {
  return `<g transform="rotate(${degrees} ${cx} ${cy})">${shapes.join('')}</g>`
}

/** The shapes made see-through. */
export function faded(opacity: number, ...shapes: string[]): string {
  return `<g opacity="${opacity}">${shapes.join('')}</g>`
}

/** A pale streak of light, for glossy things. */
export function shine(d: string, width = 8): string {
  return `<path d="${d}" fill="none" stroke="#fff" stroke-opacity=".45" stroke-width="${width}" stroke-linecap="round"/>`
}
