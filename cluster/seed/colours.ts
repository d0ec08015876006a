// Colourways of products: the colour in a product's name is the colour of its picture.

export type Colourway = { name: string; main: string; accent: string }

export const colourways: readonly Colourway[] = [
  { name: 'Sage', main: '#8aa68a', accent: '#d98e5f' },
  { name: 'Terracotta', main: '#cf6f4e', accent: '#f2c48d' },
  { name: 'Midnight', main: '#2f4468', accent: '#e9b44c' },
  { name: 'Oat', main: '#d8c3a0', accent: '#8a5a44' },
  { name: 'Mustard', main: '#dba63a', accent: '#3f5d75' },
  { name: 'Forest', main: '#3d6b52', accent: '#e0b568' },
  { name: 'Slate', main: '#66788a', accent: '#e2855e' },
  { name: 'Rust', main: '#a9502f', accent: '#e6c79c' },
  { name: 'Sky', main: '#6fa8c9', accent: '#f0b35b' },
  { name: 'Plum', main: '#7a4b6e', accent: '#e5b1a0' },
  { name: 'Charcoal', main: '#444b54', accent: '#d9774f' },
  { name: 'Coral', main: '#e58070', accent: '#37566b' },
  { name: 'Teal', main: '#2f8589', accent: '#f0c05a' },
  { name: 'Olive', main: '#848a4c', accent: '#c9603e' },
  { name: 'Rosewood', main: '#944a51', accent: '#e8c6a4' },
  { name: 'Lavender', main: '#9a8fc0', accent: '#f0c36d' },
]

/** What a drawing paints with: five tones that go together. */
export type Paint = { main: string; dark: string; light: string; accent: string; ink: string; paper: string }

export function paintOf(colourway: Colourway): Paint {
  return {
    main: colourway.main,
    dark: mix(colourway.main, '#1f2430', 0.32),
    light: mix(colourway.main, '#ffffff', 0.55),
    accent: colourway.accent,
    ink: '#2c3038',
    paper: '#fbf7ef',
  }
}

/** The colour `share` (0 to 1) of the way from one `#rrggbb` to another. */
export function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16)
  const mixed = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share))
  return `#${mixed.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
