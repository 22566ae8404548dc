# Debian's ruby-cose over ruby-cbor and Ruby's OpenSSL.  The gem verifies and says what is signed; the
# signing itself is done here over that.
require "cose"
require "json"

CURVES = { "ES256" => "prime256v1", "ES384" => "secp384r1", "ES512" => "secp521r1" }.freeze
NAMES = { 1 => %w[P-256 prime256v1], 2 => %w[P-384 secp384r1], 3 => %w[P-521 secp521r1] }.freeze
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:".freeze

def to_json_value(value)
  case value
  when String
    value.encoding == Encoding::BINARY ? { "h" => value.unpack1("H*") } : value
  when Hash
    { "m" => value.map { |k, v| [to_json_value(k), to_json_value(v)] } }
  when Array
    value.map { |v| to_json_value(v) }
  when CBOR::Tagged
    to_json_value(value.value)
  else
    value
  end
end

def from_json_value(value)
  case value
  when Hash
    return [value["h"]].pack("H*") if value.key?("h")

    value["m"].to_h { |k, v| [from_json_value(k), from_json_value(v)] }
  when Array
    value.map { |v| from_json_value(v) }
  else
    value
  end
end

def base64url(bytes)
  [bytes].pack("m0").tr("+/", "-_").delete("=")
end

def make(alg, name)
  own = @keys[name] = OpenSSL::PKey::EC.generate(CURVES.fetch(alg))
  key = COSE::Key.from_pkey(OpenSSL::PKey.read(own.public_to_der))
  key.kid = "key-1".b
  jwk = { "kty" => "EC", "crv" => NAMES[key.crv][0], "x" => base64url(key.x), "y" => base64url(key.y), "kid" => "1" }
  { "pem" => own.public_to_pem.encode("UTF-8"), "jwk" => jwk, "cose" => key.serialize }
end

def sign(own, protected, unprotected, payload, aad)
  draft = COSE::Sign1.new(protected_headers: protected, unprotected_headers: unprotected, payload: payload,
                          signature: "".b)
  hash = draft.algorithm.hash_function
  der = own.sign(hash, draft.send(:verification_data, aad))
  size = (own.group.degree + 7) / 8
  signature = OpenSSL::ASN1.decode(der).value.map { |n| n.value.to_s(2).rjust(size, "\0".b) }.join
  header = protected.empty? ? "".b : protected.to_cbor
  CBOR::Tagged.new(18, [header, unprotected, payload, signature]).to_cbor
end

# A COSE_Key as a key of Ruby's OpenSSL: what the gem would do itself if OpenSSL 3 let it.
def public_key(coded, kid)
  key = COSE::Key.deserialize(coded)
  group = OpenSSL::PKey::EC::Group.new(NAMES[key.crv][1])
  point = "\x04".b + key.x + key.y
  algorithm = OpenSSL::ASN1::Sequence([OpenSSL::ASN1::ObjectId("id-ecPublicKey"),
                                       OpenSSL::ASN1::ObjectId(group.curve_name)])
  der = OpenSSL::ASN1::Sequence([algorithm, OpenSSL::ASN1::BitString(point)]).to_der
  OpenSSL::PKey.read(der).tap { |k| k.define_singleton_method(:kid) { kid } }
end

class Refused < StandardError; end

def open_message(message, key, aad)
  opened = COSE::Sign1.deserialize(message)
  begin
    opened.verify(public_key(key, opened.headers.kid), aad)
  rescue COSE::Error => e
    raise Refused if e.message == "Signature verification failed"

    raise
  end
  [opened.protected_headers, opened.unprotected_headers, opened.payload]
end

def base45(bytes)
  bytes.bytes.each_slice(2).map do |pair|
    n = pair.inject { |high, low| (high * 256) + low }
    Array.new(pair.size + 1) { |i| LETTERS[n / (45**i) % 45] }.join
  end.join
end

def unbase45(text)
  text.chars.each_slice(3).map do |part|
    n = part.each_with_index.sum { |letter, i| LETTERS.index(letter) * (45**i) }
    part.size == 3 ? [n].pack("n") : [n].pack("C")
  end.join
end

def answer(request)
  case request["do"]
  when "make" then make(request["alg"], request["name"])
  when "sign" then sign(@keys[request["name"]], *request.values_at("protected", "unprotected", "payload", "aad"))
  when "open" then open_message(request["message"], request["key"], request["aad"])
  when "encode" then request["value"].to_cbor
  when "decode" then CBOR.decode(request["bytes"])
  when "base45" then base45(request["bytes"])
  when "unbase45" then unbase45(request["text"])
  end
end

@keys = {} # private, by the names of "make"
$stdout.sync = true
$stdin.each_line do |line|
  request = JSON.parse(line).transform_values { |v| from_json_value(v) }
  begin
    puts JSON.generate("ok" => to_json_value(answer(request)))
  rescue Refused
    puts JSON.generate("refused" => true)
  rescue StandardError => e
    puts JSON.generate("error" => "#{e.class}: #{e.message}")
  end
end
