// Fills the shelf of the landing page, and shows which trace that was.
const shelf = document.querySelector('#shelf')
const note = document.querySelector('#shelf-note')
const money = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' })

function card({ name, brand, priceCents, imageUrl }) {
  const image = new Image()
  image.src = imageUrl
  image.alt = ''
  image.loading = 'lazy'
  const title = document.createElement('p')
  title.textContent = name
  const details = document.createElement('p')
  details.textContent = `${brand} · ${money.format(priceCents / 100)}`
  const item = document.createElement('li')
  item.append(image, title, details)
  return item
}

try {
  const response = await fetch('/api/products?sort=-rating&limit=8')
  if (!response.ok) throw new Error(`the catalogue answered ${response.status}`)
  const { items, total } = await response.json()
  shelf.replaceChildren(...items.map(card))
  const trace = document.createElement('code')
  trace.textContent = response.headers.get('x-trace-id') ?? 'none: telemetry is off'
  note.replaceChildren(`8 of ${total} products. This list was trace `, trace, '.')
} catch (error) {
  note.textContent = `No products now: ${error.message}. If nobody is breaking the shop on purpose, look at its traces.`
}
