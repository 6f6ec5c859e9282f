import { type LoadOrder, load } from './load.ts'

// A process of its own beside the server, as a sender is.
process.once('message', (order: LoadOrder) => {
  void load(order).then((loaded) => process.send!(loaded, undefined, undefined, () => process.exit(0)))
})
