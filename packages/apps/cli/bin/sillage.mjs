#!/usr/bin/env node
import('../dist/main.js').then(
  ({ main }) => main(process.argv),
  (error) => {
    console.error(
      `Sillage is not built (${error.message.split('\n')[0]}): run npm run build at the root of the checkout`,
    )
    process.exitCode = 70
  },
)
