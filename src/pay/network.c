/*
 * Which addresses may notify: CIDR blocks of IPv4 and IPv6.
 *
 * Every address is compared as 128 bits, an IPv4 one in its mapped form, so that a client which
 * arrives on an IPv6 socket as ::ffff:194.50.38.7 is the same as 194.50.38.7.
 */

#include "pay/pay_internal.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDRESS_TEXT_MAX 45
#define MAPPED_BITS 96


/* `bits` of the own family that the mapped form adds: 96 for IPv4, 0 for IPv6. */
static bool address_parse(shop_str_t text, unsigned char address[16], unsigned *mapped)
{
    static const unsigned char prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char copy[ADDRESS_TEXT_MAX + 1];

    if (text.len == 0 || text.len > ADDRESS_TEXT_MAX || memchr(text.data, '\0', text.len) != NULL) {
        return false;
    }
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';

    if (inet_pton(AF_INET, copy, address + sizeof(prefix)) == 1) {
        memcpy(address, prefix, sizeof(prefix));
        *mapped = MAPPED_BITS;
        return true;
    }

    *mapped = 0;
    return inet_pton(AF_INET6, copy, address) == 1;
}


static bool bits_equal(const unsigned char *a, const unsigned char *b, unsigned bits)
{
    unsigned bytes = bits / 8;
    unsigned rest = bits % 8;

    if (memcmp(a, b, bytes) != 0) {
        return false;
    }
    if (rest == 0) {
        return true;
    }

    unsigned mask = 0xffu << (8 - rest);
    return ((a[bytes] ^ b[bytes]) & mask & 0xffu) == 0;
}


/* A block with bits set after its prefix is a typing error that would surprise later. */
static bool host_bits_clear(const shop_pay_network_t *network)
{
    for (unsigned bit = network->bits; bit < 128; bit++) {
        if (network->address[bit / 8] & (0x80u >> (bit % 8))) {
            return false;
        }
    }

    return true;
}


static bool network_parse(shop_str_t text, shop_pay_network_t *network)
{
    shop_str_t address;
    shop_str_t rest = text;
    unsigned mapped;
    int64_t length;

    if (!shop_str_split(&rest, '/', &address) ||
        !address_parse(address, network->address, &mapped)) {
        return false;
    }

    if (address.len == text.len) {
        network->bits = 128;
        return true;
    }

    if (shop_str_to_int(rest, &length) != SHOP_OK || length > 128 - (int64_t) mapped) {
        return false;
    }

    network->bits = mapped + (unsigned) length;
    return host_bits_clear(network);
}


bool shop_pay_is_networks(shop_str_t value)
{
    shop_pay_network_t network;
    shop_str_t part;

    if (shop_str_eq(value, SHOP_STR("any"))) {
        return true;
    }

    while (shop_str_split(&value, ' ', &part)) {
        if (!network_parse(part, &network)) {
            return false;
        }
    }

    return true;
}


shop_status_t shop_pay_networks_parse(shop_arena_t *arena, shop_str_t text,
                                      shop_pay_network_t **networks, size_t *count)
{
    shop_str_t part;

    *count = 0;
    *networks = NULL;
    if (shop_str_eq(text, SHOP_STR("any"))) {
        return SHOP_OK;
    }

    *networks = shop_arena_calloc(arena, (text.len + 1) * sizeof(**networks));
    if (*networks == NULL) {
        return SHOP_NO_MEMORY;
    }

    while (shop_str_split(&text, ' ', &part)) {
        if (!network_parse(part, &(*networks)[*count])) {
            return SHOP_MALFORMED;
        }
        (*count)++;
    }

    return SHOP_OK;
}


bool shop_pay_network_allows(const shop_pay_config_t *config, shop_str_t peer)
{
    unsigned char address[16];
    unsigned mapped;

    if (config->network_count == 0) {
        return true;
    }

    if (!address_parse(peer, address, &mapped)) {
        return false;
    }

    for (size_t i = 0; i < config->network_count; i++) {
        if (bits_equal(address, config->networks[i].address, config->networks[i].bits)) {
            return true;
        }
    }

    return false;
}
