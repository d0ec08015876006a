// Text in a grid of characters. What comes from a backend is made harmless first: a span's name must not move the cursor.
import type { Output } from '../context.ts'

export type Colors = Output['colors']

/** One line of printable text: control characters, and with them escape sequences, become spaces. */
export function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ').trim()
}

export function width(text: string): number {
  return [...text].length
}

/** Cut to `columns` characters, with `…` for what is missing. */
export function cut(text: string, columns: number): string {
  const characters = [...text]
  if (characters.length <= columns) return text
  return columns <= 0 ? '' : `${characters.slice(0, columns - 1).join('')}…`
}

/** Exactly `columns` characters: cut or padded at the end. */
export function fitLeft(text: string, columns: number): string {
  const shown = cut(text, columns)
  return shown + ' '.repeat(Math.max(0, columns - width(shown)))
}

/** Exactly `columns` characters: cut or padded at the start. */
export function fitRight(text: string, columns: number): string {
  const shown = cut(text, columns)
  return ' '.repeat(Math.max(0, columns - width(shown))) + shown
}

type Paint = (text: string) => string

/** A colour for each service, in the order of their appearance; red is left for errors. */
export function serviceColors(colors: Colors): (service: string) => Paint {
  const palette: Paint[] = [
    colors.cyan,
    colors.green,
    colors.yellow,
    colors.magenta,
    colors.blue,
    colors.cyanBright,
    colors.greenBright,
    colors.yellowBright,
    colors.magentaBright,
    colors.blueBright,
  ]
  const given = new Map<string, Paint>()
  return (service) => {
    const known = given.get(service)
    if (known) return known
    const paint = palette[given.size % palette.length] ?? colors.white
    given.set(service, paint)
    return paint
  }
}
