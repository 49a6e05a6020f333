#!/usr/bin/env node
/**
 * Brings the corpus into `.cache/corpus/<package>/<path>`: npm packages by `npm pack`, Debian packages by
 * `apt-get download`. Every archive and every file is checked against the hash in `corpus.json`. Files that
 * are there already are kept, so an interrupted run goes on where it stopped.
 *
 *   node fetch-corpus.mjs [--core] [--role train,heldout-program,…]
 *
 * Exit codes: 0 done (Debian packages that this machine cannot get are counted and named), 1 a download or
 * a hash failed, 2 wrong usage.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CACHE, selectPackages, USED_ROLES } from './corpus.mjs';
import { DebianUnavailable, debianArchives } from './debian-archives.mjs';
import { run } from './run.mjs';

const packages = selectOrExit();
mkdirSync(CACHE, { recursive: true });
const scratch = mkdtempSync(path.join(CACHE, '.partial-'));
const totals = { fetched: 0, kept: 0, skipped: 0, failed: 0 };
try {
  const missing = packages.filter((p) => !isComplete(p));
  totals.kept = packages.length - missing.length;
  const debian = debianArchives(scratch);
  for (const [index, item] of missing.entries()) {
    const size = `${(item.downloadBytes / 1e6).toFixed(1)} MB`;
    const label = `[${index + 1}/${missing.length}] ${item.name}${item.architecture ? `:${item.architecture}` : ''}@${item.version}`;
    try {
      install(item, item.registry === 'npm' ? npmArchive(item) : debian.download(item));
      totals.fetched++;
      console.log(`${label} (${size})`);
    } catch (error) {
      const skipped = error instanceof DebianUnavailable;
      totals[skipped ? 'skipped' : 'failed']++;
      console.error(`${label} ${skipped ? 'SKIPPED' : 'FAILED'}: ${error.message}`);
    }
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
const { fetched, kept, skipped, failed } = totals;
console.log(
  `${fetched} packages fetched, ${kept} there already, ${skipped} skipped, ${failed} failed: ${CACHE}`,
);
process.exitCode = failed > 0 ? 1 : 0;

function selectOrExit() {
  try {
    const options = {
      core: { type: 'boolean', default: false },
      role: { type: 'string', default: USED_ROLES.join(',') },
    };
    const { values } = parseArgs({ options });
    return selectPackages({ roles: values.role.split(','), core: values.core });
  } catch (error) {
    console.error(error.message);
    process.exit(2);
  }
}

function isComplete({ files }) {
  return files.every(({ file, sha256 }) => existsSync(file) && hash('sha256', file) === sha256);
}

/** Downloads and checks an npm package's archive. @returns its path */
function npmArchive({ name, version, digest }) {
  const target = path.join(scratch, 'npm');
  mkdirSync(target, { recursive: true });
  const report = run(
    'npm',
    ['pack', `${name}@${version}`, '--json', '--ignore-scripts', `--pack-destination=${target}`],
    { cwd: target },
  );
  const archive = path.join(target, path.basename(JSON.parse(report)[0].filename));
  const actual = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (actual !== digest) throw new Error(`integrity is ${actual}, expected ${digest}`);
  return archive;
}

/** Unpacks beside the destination, checks every listed file, and only then moves it into place. */
function install({ registry, files, digest, directory }, archive) {
  const unpacked = path.join(scratch, 'unpacked');
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked);
  if (registry === 'npm') {
    run('tar', ['-xzf', archive, '--strip-components=1', '-C', unpacked]);
  } else {
    expectHash(archive, digest);
    run('dpkg-deb', ['--extract', archive, unpacked]);
  }
  for (const { file, sha256 } of files) {
    const source = path.join(unpacked, path.relative(directory, file));
    expectHash(source, sha256);
    mkdirSync(path.dirname(file), { recursive: true });
    renameSync(source, file);
  }
  rmSync(archive);
}

function expectHash(file, expected) {
  const actual = hash('sha256', file);
  if (actual !== expected)
    throw new Error(`${path.basename(file)} has SHA-256 ${actual}, expected ${expected}`);
}

function hash(algorithm, file) {
  return createHash(algorithm).update(readFileSync(file)).digest('hex');
}
