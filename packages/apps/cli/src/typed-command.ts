/**
 * The command as it was typed, for the journal, the ledger and whoever waits for this process: the names of parameters without their values, which
 * may be secret or personal. `--param buyer=zoe@example.org` becomes `--param buyer=…`.
 */
export function typedCommand(args: readonly string[] = process.argv.slice(2)): string {
  const told = args.map((arg, index) => {
    if (arg.startsWith('--param=')) return `--param=${withoutValue(arg.slice('--param='.length))}`
    return args[index - 1] === '--param' ? withoutValue(arg) : arg
  })
  return ['sillage', ...told].join(' ')
}

/** What has no name is all value. */
function withoutValue(text: string): string {
  const end = text.indexOf('=')
  return end < 0 ? '…' : `${text.slice(0, end)}=…`
}
