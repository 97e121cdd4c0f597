//! Reading of network addresses in the configuration, with a fault that says which part is wrong.

use std::net::{IpAddr, SocketAddr};

use super::entries::Wrong;

/// `IP:PORT`, where port 0 means any free one.
pub(super) fn listening(text: &str) -> Result<SocketAddr, Wrong> {
    let fix = "write IP:PORT, such as \"0.0.0.0:7610\" or \"[::]:7610\"";
    if let Ok(address) = text.parse() {
        return Ok(address);
    }
    let (_, port) = split(text).ok_or_else(|| Wrong::new("no port", fix))?;
    check_port(port, 0)?;
    Err(Wrong::new("not an IP address and a port", fix))
}

/// `HOST:PORT` that another machine can dial.
pub(super) fn dialled(text: &str) -> Result<String, Wrong> {
    let fix = "write HOST:PORT, such as \"dukou.example.cn:7610\" or \"192.0.2.7:7610\"";
    let (host, port) = split(text).ok_or_else(|| Wrong::new("no port", fix))?;
    check_port(port, 1)?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let ip: Option<IpAddr> = match bare {
        Some(bare) => bare.parse().ok().filter(IpAddr::is_ipv6),
        None => host.parse().ok().filter(IpAddr::is_ipv4),
    };
    match ip {
        Some(ip) if ip.is_unspecified() || ip.is_multicast() => {
            Err(Wrong::new("nobody can dial this address", "write the address that peers see"))
        }
        Some(_) => Ok(text.to_owned()),
        None if is_host_name(host) => Ok(text.to_owned()),
        None => Err(Wrong::new("not a host name or IP address and a port", fix)),
    }
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once(':').filter(|(_, port)| !port.contains(']'))
}

fn check_port(port: &str, lowest: u16) -> Result<(), Wrong> {
    let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    match port.parse::<u16>() {
        Ok(number) if digits && number >= lowest => Ok(()),
        _ if digits => Err(Wrong::new(
            format!("port {port} is out of range"),
            format!("use a port from {lowest} to 65535"),
        )),
        _ => Err(Wrong::new("the port is not a number", format!("use {lowest} to 65535"))),
    }
}

/// By RFC 1123; a name whose last label is all digits would be a mistyped IPv4 address.
fn is_host_name(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    host.len() <= 253
        && host.split('.').all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}
