// npm's @auth0/cose, over npm's cbor-x and the platform's WebCrypto.  It signs no external data
// and wants alg protected.
'use strict';

const { Algorithms, COSEKey, ProtectedHeaders, Sign1, UnprotectedHeaders, errors } = require('@auth0/cose');
const { Encoder } = require('cbor-x');
const crypto = require('node:crypto');
const { Refused, answer } = require('./answer.js');

const cbor = new Encoder({ tagUint8Array: false, useRecords: false, mapsAsObjects: false, useTag259ForMaps: false });
const keys = new Map(); // private, by the names of "make"

const make = async ({ alg, name }) => {
  const { privateKey, publicKey } = await COSEKey.generate(Algorithms[alg], { crv: 'Ed25519' });
  keys.set(name, await privateKey.toKeyLike());
  const jwk = publicKey.toJWK();
  const pem = crypto.createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'pem', type: 'spki' });
  return { pem, jwk, cose: publicKey.encode() };
};

const sign = async ({ name, protected: p, unprotected: u, payload }) => {
  const headers = [new ProtectedHeaders([...p]), new UnprotectedHeaders([...u])];
  const made = await Sign1.sign(...headers, payload, keys.get(name));
  return made.encode();
};

const open = async ({ message, key, aad }) => {
  const made = Sign1.decode(message);
  const publicKey = await COSEKey.import(key).toKeyLike();
  try {
    await made.verify(publicKey, { externalAAD: aad });
  } catch (e) {
    if (e instanceof errors.COSESignatureVerificationFailed) throw new Refused();
    throw e;
  }
  return [made.protectedHeaders, made.unprotectedHeaders, made.payload];
};

// Once @auth0/cose is there, its classes stand for the tags; everything else comes as it is.
const decode = ({ bytes }) => {
  const value = cbor.decode(bytes);
  return value instanceof Sign1 ? value.getContentForEncoding() : value;
};

answer({ make, sign, open, decode, encode: ({ value }) => cbor.encode(value) });
