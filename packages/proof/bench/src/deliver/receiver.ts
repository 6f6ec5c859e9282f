import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A receiver in a process of its own, as receivers are: takes what comes, and says where it listens.
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end())
})
// Longer than any pause of a sender: a socket that is closed while a message is on its way fails the loop.
server.keepAliveTimeout = 600_000
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
