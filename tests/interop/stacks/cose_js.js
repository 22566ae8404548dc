// npm's cose-js, over npm's cbor and elliptic.  It signs no header but those it has names for.
'use strict';

const cbor = require('cbor');
const { sign: cose } = require('cose-js');
const crypto = require('node:crypto');
const { Refused, answer } = require('./answer.js');

const CURVES = { ES256: ['P-256', 1], ES384: ['P-384', 2], ES512: ['P-521', 3] };
const ALGS = new Map([[-7, 'ES256'], [-35, 'ES384'], [-36, 'ES512']]);
const keys = new Map(); // { d }, by the names of "make"

const make = ({ alg, name }) => {
  const [namedCurve, number] = CURVES[alg];
  const pair = crypto.generateKeyPairSync('ec', { namedCurve });
  const jwk = pair.publicKey.export({ format: 'jwk' });
  keys.set(name, { d: Buffer.from(pair.privateKey.export({ format: 'jwk' }).d, 'base64url') });
  const [x, y] = [jwk.x, jwk.y].map((s) => Buffer.from(s, 'base64url'));
  return {
    pem: pair.publicKey.export({ format: 'pem', type: 'spki' }),
    jwk,
    cose: cbor.encode(new Map([[1, 2], [-1, number], [-2, x], [-3, y]])),
  };
};

// Its names for header parameters; what it has no name for it cannot sign.
const named = (headers) => {
  const out = {};
  for (const [label, value] of headers) {
    if (label === 1) out.alg = ALGS.get(value);
    else if (label === 4) out.kid = value;
    else throw new Error(`no name for header ${label}`);
  }
  return out;
};

const sign = ({ name, protected: p, unprotected: u, payload, aad }) =>
  cose.create({ p: named(p), u: named(u) }, payload, { key: keys.get(name), externalAAD: aad });

const open = ({ message, key, aad }) => {
  const k = cbor.decode(key);
  try {
    cose.verifySync(message, { key: { x: k.get(-2), y: k.get(-3) }, externalAAD: aad });
  } catch (e) {
    if (e.message === 'Signature missmatch') throw new Refused();
    throw e;
  }
  const [protect, unprotected, payload] = cbor.decode(message).value;
  return [protect.length ? cbor.decode(protect) : new Map(), unprotected, payload];
};

const decode = ({ bytes }) => {
  const value = cbor.decode(bytes);
  return value instanceof cbor.Tagged ? value.value : value;
};

answer({ make, sign, open, decode, encode: ({ value }) => cbor.encode(value) });
