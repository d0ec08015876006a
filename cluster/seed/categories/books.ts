import type { Category } from '../category.ts'
import type { Paint } from '../colours.ts'
import { circle, path, rect, stroke, turned } from '../shapes.ts'

/** A hardcover with a spine and pages; the cover's picture is what differs. */
function book(c: Paint, cover: string[], degrees = -5): string[] {
  return [
    turned(degrees, [
      rect(118, 86, 180, 236, c.dark, 8),
      rect(122, 80, 168, 232, c.paper, 4),
      rect(108, 76, 176, 232, c.main, 8),
      rect(108, 76, 22, 232, c.dark, 6),
      ...cover,
      rect(152, 264, 108, 9, c.paper, 4),
      rect(172, 280, 68, 6, c.light, 3),
    ]),
  ]
}

export const books: Category = {
  id: 'books',
  name: 'Books',
  tagline: 'Printed, bound, and lent to friends',
  brands: ['Lantern Press', 'Quill & Harrow', 'Meridian House', 'Paper Boat'],
  uses: [
    'The sort of book that comes back from friends with notes in it.',
    'Opens flat, at the table or on the knees.',
    'First edition; the errata fit on a bookmark, which is enclosed.',
  ],
  types: [
    {
      id: 'cookbook',
      noun: 'Cookbook',
      variants: ['Weeknight Greens', 'One Pot, Four Seasons', 'Bread From Scratch', 'The Fermentation Table'],
      priceCents: [1_990, 4_490],
      about: 'A hundred recipes that were cooked by people who had never cooked them before.',
      madeOf: 'Sewn binding and two ribbons, on paper that wipes clean.',
      tags: ['book', 'cooking', 'gift'],
      draw: (c) =>
        book(c, [
          circle(206, 170, 56, c.paper),
          circle(206, 170, 40, c.light),
          stroke('M178 142v58M170 142v18q8 8 16 0v-18', c.dark, 5),
          path('M228 138q20 16 4 44v22h-6z', c.dark),
          circle(206, 172, 12, c.accent),
        ]),
    },
    {
      id: 'travel-atlas',
      noun: 'Illustrated Atlas',
      variants: ['Islands', 'Night Trains', 'Mountain Paths', 'The Great Rivers'],
      priceCents: [2_490, 5_990],
      about: 'Maps drawn by hand, and the stories of the people who walked them.',
      madeOf: 'Cloth-bound, with endpapers that are a reason of their own.',
      tags: ['book', 'travel', 'maps'],
      draw: (c) =>
        book(
          c,
          [
            circle(206, 166, 60, c.light),
            path('M160 140c30-26 50 10 70-4s26 40-4 46-30 34-50 20-34-40-16-62z', c.accent),
            stroke('M146 166h120M206 106c-34 34-34 86 0 120M206 106c34 34 34 86 0 120', c.paper, 3),
          ],
          4,
        ),
    },
    {
      id: 'novel',
      noun: 'Novel',
      variants: ['The Lighthouse Ledger', 'A Year Without Clocks', 'Salt Roads', 'The Cartographer of Rain'],
      priceCents: [1_290, 2_790],
      about: 'A quiet start, a middle you will miss your stop for, and an ending people argue over.',
      madeOf: 'Printed by a family press on certified paper.',
      tags: ['book', 'fiction', 'reading'],
      draw: (c) =>
        book(c, [
          path('M130 240V180q40-40 76-8t78-26v94z', c.dark),
          circle(238, 124, 24, c.accent),
          path('M178 200l10-78h18l10 78z', c.paper),
          rect(180, 106, 34, 16, c.accent, 3),
          rect(186, 148, 22, 9, c.main),
        ]),
    },
    {
      id: 'field-guide',
      noun: 'Field Guide',
      variants: ['Garden Birds', 'Mushrooms', 'Wild Flowers', 'The Night Sky'],
      priceCents: [1_490, 3_290],
      about: 'Keys that work in the rain, plates that settle the argument.',
      madeOf: 'A flexible cover that takes rain, in a format for the pocket.',
      tags: ['book', 'nature', 'outdoor'],
      draw: (c) =>
        book(
          c,
          [
            path('M206 226c-60-20-60-80-44-112 44 16 62 66 44 112z', c.light),
            path('M206 226c50-22 54-66 46-96-40 16-56 52-46 96z', c.accent),
            stroke('M206 242C200 200 184 160 170 132M206 240c6-40 20-70 36-92', c.dark, 4),
          ],
          -3,
        ),
    },
    {
      id: 'design-monograph',
      noun: 'Design Monograph',
      variants: ['Chairs', 'Typefaces', 'Small Houses', 'Posters'],
      priceCents: [2_990, 7_490],
      about: 'Three hundred plates with the sketches that led to them.',
      madeOf: 'Printed in six colours on uncoated paper, with an open spine.',
      tags: ['book', 'design', 'coffee-table'],
      draw: (c) =>
        book(
          c,
          [
            rect(150, 104, 60, 60, c.accent),
            circle(240, 134, 30, c.paper),
            path('M150 236l30-60 30 60z', c.paper),
            rect(216, 176, 52, 60, c.light),
            path('M216 236v-60a52 60 0 0 1 52 60z', c.accent),
          ],
          6,
        ),
    },
  ],
}
