import { readFileSync } from 'node:fs';

/** Largest resident size that a process has had, in MiB. Undefined where the system does not say (not Linux). */
export function peakMiB(pid: number | 'self'): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return line ? Math.round(Number(line[1]) / 1024) : undefined;
}
