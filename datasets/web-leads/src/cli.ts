/** `node dist/cli.js <folder> [seed]` writes the leads and their truth. */
import { generate, webLeadsSeed } from './generate.ts'

const [folder, seed] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node datasets/web-leads/dist/cli.js <folder> [seed]')
  process.exitCode = 2
} else {
  for (const { name, bytes } of await generate({
    folder,
    seed: seed === undefined ? webLeadsSeed : Number(seed),
  }))
    console.log(`${name}\t${bytes}`)
}
