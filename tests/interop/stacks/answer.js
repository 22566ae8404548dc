// What the stacks in JavaScript share: values as JSON, Base45, and the loop that answers.
'use strict';

const base45 = require('base45');
const readline = require('node:readline');

const toJson = (v) => {
  if (v instanceof Uint8Array) return { h: Buffer.from(v).toString('hex') };
  if (Array.isArray(v)) return v.map(toJson);
  if (v instanceof Map) return { m: [...v].map(([k, w]) => [toJson(k), toJson(w)]) };
  if (typeof v === 'bigint') return Number(v);
  if (v !== null && typeof v === 'object') return toJson(new Map(Object.entries(v)));
  return v;
};

const fromJson = (v) => {
  if (Array.isArray(v)) return v.map(fromJson);
  if (v === null || typeof v !== 'object') return v;
  return 'h' in v ? Buffer.from(v.h, 'hex') : new Map(v.m.map(([k, w]) => [fromJson(k), fromJson(w)]));
};

// A signature that is bad, told apart from every other trouble.
class Refused extends Error {}

const common = {
  base45: ({ bytes }) => base45.encode(bytes),
  unbase45: ({ text }) => base45.decode(text),
};

// Answer each line of standard input by one of the functions of does.
const answer = async (does) => {
  const all = { ...common, ...does };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const { do: verb, ...rest } = JSON.parse(line);
    const request = Object.fromEntries(Object.entries(rest).map(([k, v]) => [k, fromJson(v)]));
    let reply;
    try {
      reply = { ok: toJson(await all[verb](request)) };
    } catch (e) {
      reply = e instanceof Refused ? { refused: true } : { error: String(e.stack).split('\n', 2).join(' ') };
    }
    process.stdout.write(JSON.stringify(reply) + '\n');
  }
};

module.exports = { Refused, answer };
