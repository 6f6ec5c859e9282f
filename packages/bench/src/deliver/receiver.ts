import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A receiver in a process of its own, as receivers are: takes what comes, and says where it listens.
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end())
})
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port))
process.once('disconnect', () => process.exit(0))
