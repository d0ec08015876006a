// Every step that a journey may name.
import type { Action } from './action.ts'
import { logIn, signUp } from './actions/account.ts'
import { addToBasket, removeFromBasket, viewBasket } from './actions/basket.ts'
import { browse, categories, home, image, product, recommendations, search } from './actions/browsing.ts'
import { checkout, repeatCheckout } from './actions/checkout.ts'
import { order, orders, stockAfterOrder } from './actions/orders.ts'
import type { StepName } from './journeys.ts'

export const actions = {
  home,
  categories,
  browse,
  search,
  product,
  image,
  recommendations,
  signUp,
  logIn,
  addToBasket,
  viewBasket,
  removeFromBasket,
  checkout,
  repeatCheckout,
  order,
  orders,
  stockAfterOrder,
} satisfies Record<StepName, Action>
