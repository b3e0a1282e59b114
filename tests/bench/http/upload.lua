-- wrk script: multipart upload of the file named by CSV as field "file"; each body differs in its first line.
local file = io.open(os.getenv("CSV"), "rb")
local content = file:read("*a")
file:close()
local boundary = "----bench7f3a91c2"
local head = "--" .. boundary .. "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"d.csv\"\r\n" ..
    "Content-Type: text/csv\r\n\r\nrun" .. tostring(os.time()) .. "n"
local tail = "," .. content .. "\r\n--" .. boundary .. "--\r\n"
local count = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "multipart/form-data; boundary=" .. boundary
function request()
    count = count + 1
    return wrk.format(nil, nil, nil, head .. string.format("%09d", count) .. tail)
end
