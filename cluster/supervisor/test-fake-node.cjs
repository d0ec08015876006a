// A node without a shop, for tests of the supervisor: joins the control plane, listens, reports ready, leaves when told to.
// What it is to get wrong is told by files in the folder FAKE_ORDERS: `fail-orders-1`, `wait-orders-1`.
const { existsSync } = require('node:fs')
const { createServer } = require('node:http')
const { join } = require('node:path')
const { WebSocket } = require('ws')

const { FAULTLINE_NODE: id, FAULTLINE_PORT, FAULTLINE_CONTROL_URL, FAULTLINE_TOKEN, FAKE_ORDERS = '' } = process.env

/** @param {string} order */
const told = (order) => existsSync(join(FAKE_ORDERS, `${order}-${id}`))

/** @param {string} reason */
const leave = (reason) => {
  console.log(reason)
  process.exit(0)
}

if (told('fail')) {
  console.error('no luck today')
  process.exit(7)
}
process.on('SIGTERM', () => leave('stopped'))
process.stdin.resume().on('end', () => leave('the supervisor is gone'))
createServer((_request, response) => response.end(id)).listen(Number(FAULTLINE_PORT), '127.0.0.1', () => {
  const socket = new WebSocket(`${FAULTLINE_CONTROL_URL}/v1/stream?node=${id}`, {
    headers: { authorization: `Bearer ${FAULTLINE_TOKEN}` },
  })
  socket.on('open', () => socket.send(JSON.stringify({ type: 'ready', ready: !told('wait') })))
  socket.on('message', (data) => {
    const message = JSON.parse(String(data))
    if (message.type === 'drain') leave('drained')
    else socket.send(JSON.stringify({ type: 'applied', version: message.document.version }))
  })
  socket.on('error', () => process.exit(1))
})
