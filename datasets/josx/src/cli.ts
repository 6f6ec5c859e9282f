/** `node dist/cli.js <folder> [seed]` writes the files of the case. */
import { generate, josxSeed } from './generate.ts'

const [folder, seed] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: node datasets/josx/dist/cli.js <folder> [seed]')
  process.exitCode = 2
} else {
  for (const { name, bytes } of await generate({
    folder,
    seed: seed === undefined ? josxSeed : Number(seed),
  }))
    console.log(`${name}\t${bytes}`)
}
