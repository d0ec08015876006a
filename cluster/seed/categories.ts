// All categories of the shop, in the order in which it shows them.
import { audio } from './categories/audio.ts'
import { books } from './categories/books.ts'
import { coffeeTea } from './categories/coffee-tea.ts'
import { cycling } from './categories/cycling.ts'
import { desk } from './categories/desk.ts'
import { fitness } from './categories/fitness.ts'
import { games } from './categories/games.ts'
import { garden } from './categories/garden.ts'
import { home } from './categories/home.ts'
import { kitchen } from './categories/kitchen.ts'
import { outdoor } from './categories/outdoor.ts'
import { travel } from './categories/travel.ts'
import type { Category } from './category.ts'

export const categories: readonly Category[] = [
  coffeeTea,
  kitchen,
  audio,
  desk,
  outdoor,
  cycling,
  fitness,
  home,
  garden,
  travel,
  games,
  books,
]
